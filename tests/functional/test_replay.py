"""The replay of 2012-2014: the known figures, through the verbs, in strict order of time (domain.md section 11)."""

import mailbox
import shutil
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import col
from typer import Typer
from typer.testing import CliRunner

from backend.agenda.models import Meeting
from backend.app import open_house
from backend.audit.models import JournalEntry
from backend.authorization.work import House
from backend.cells.models import Cell
from backend.cli import demo as demonstration
from backend.cli.demonstration.acting import acting
from backend.cli.demonstration.people import ADMIN
from backend.cli.replay.figures import SHOWN, figures
from backend.cli.replay.history import ARRONDISSEMENTS, EXAMINED, QUARTERS, RECORDED, RETAINED, YEARS, history
from backend.cli.replay.people import SUFFIX
from backend.cli.replay.years import Years
from backend.counts.deltas import CountDelta
from backend.indicators.models import IndicatorFigure
from backend.kernel.clock import paris_day, system_clock
from backend.mail.sending import DEMO_MAIL
from backend.members.models import Account, Habilitation
from backend.purge.models import PurgeRun
from backend.settings import Settings
from backend.situations.models import Situation
from policies.habilitation import AccountStatus
from policies.indicator_words import Indicator
from policies.meeting_words import MeetingStage
from policies.orientation_words import Destination
from policies.suppression import PARIS, Mark
from policies.vocabulary import Origin, Role, Stage

pytestmark = pytest.mark.timeout(600)
"""Three years take a while to replay where other work goes on."""

FIGURES = (184, 130, 54, 61, 69)

app = Typer()
app.command("demo")(demonstration.demo)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("replay") / "demo-data"


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Say where the replay is copied to in the spring of 2015, before its past is purged."""
    return tmp_path_factory.mktemp("before") / "demo-data"


@pytest.fixture(scope="module")
def said(folder: Path, before: Path) -> str:
    """Run the command at its real size, and give what it said."""
    purge = Years.purge

    def copy_then_purge(years: Years) -> None:
        shutil.copytree(folder, before)
        shutil.copy(settings_of(folder).root_key_path(), settings_of(before).root_key_path())
        purge(years)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Years, "purge", copy_then_purge)
        return made(folder)


@pytest.fixture(scope="module")
def house(said: str, folder: Path) -> Iterator[House]:
    assert said
    yield from opened(folder)


@pytest.fixture(scope="module")
def kept(said: str, before: Path) -> Iterator[House]:
    """Open the copy in which nothing of the past was purged."""
    assert said
    yield from opened(before)


def made(folder: Path) -> str:
    result = CliRunner().invoke(app, ["--data", str(folder), "--no-serve"])
    assert result.exit_code == 0, result.output
    return result.output


def settings_of(folder: Path) -> Settings:
    return Settings(mode="demo", data=folder, main_url=None, keys_url=None, journal_url=None)


def opened(folder: Path) -> Iterator[House]:
    house = open_house(settings_of(folder))
    yield house
    house.stores.dispose()


def past(house: House) -> list[Situation]:
    with house.transaction() as uow:
        return list(
            uow.session.scalars(
                sa.select(Situation)
                .where(sa.extract("year", col(Situation.received_at)) <= YEARS[-1])
                .order_by(col(Situation.received_at))
            )
        )


def test_the_counters_give_the_known_figures(house: House, said: str) -> None:
    read = figures(house)
    assert tuple(number for _, number in read) == FIGURES
    for label, number in read:
        assert f"{number:>5}  {label}" in said


def test_the_years_exist_today_as_counters_only(house: House, kept: House) -> None:
    assert past(house) == []
    assert len(past(kept)) == FIGURES[0]
    assert figures(house) == figures(kept)
    assert counted(house) == counted(kept)
    # Tombstones outlive the backups by thirty days, attestations are kept ten years: those of 2015 have gone too.
    left = house.keyring.tombstones(UUID(int=0), 1000)
    assert min(tombstone.at for tombstone in left).year >= system_clock().year - 1
    with house.transaction() as uow:
        days = uow.session.scalars(sa.select(col(PurgeRun.day))).all()
    assert min(days).year >= system_clock().year - 1


def counted(house: House) -> Counter[tuple[UUID, str, str, str | None]]:
    """Sum every counter of the years of the replay, by cell, month, indicator and value."""
    with house.transaction() as uow:
        rows = uow.session.scalars(sa.select(CountDelta).where(col(CountDelta.month) <= f"{YEARS[-1]}-12"))
        found: Counter[tuple[UUID, str, str, str | None]] = Counter()
        for row in rows:
            found[row.cell_id, row.month, row.indicator, row.value] += row.delta
        return found


def test_the_rows_say_what_the_counters_say(kept: House) -> None:
    rows = past(kept)
    assert len(rows) == FIGURES[0]
    stages = Counter(row.stage for row in rows)
    assert stages == {Stage.CLOSED: FIGURES[1], Stage.NOT_RETAINED: FIGURES[2]}
    assert sum(row.decided_at is not None for row in rows) == FIGURES[3]
    assert all(row.closing_reason is not None for row in rows if row.stage is Stage.CLOSED)
    assert all(row.presented_at is not None for row in rows if row.stage is Stage.NOT_RETAINED)
    assert {row.charter_version for row in rows} == {"cenomed-2012"}


def published(house: House) -> dict[tuple[str, str, Indicator, str | None], tuple[Mark, int | None]]:
    """Give every figure that was published of the years of the replay, hidden or not."""
    with house.transaction() as uow:
        rows = uow.session.scalars(sa.select(IndicatorFigure).where(col(IndicatorFigure.period) <= f"{YEARS[-1]}-T4"))
        return {(row.place, row.span, row.indicator, row.value): (row.mark, row.number) for row in rows}


def test_the_indicators_publish_the_known_figures_when_all_was_purged(house: House) -> None:
    paris = {
        indicator: shown
        for (place, span, indicator, value), shown in published(house).items()
        if (place, span, value) == (PARIS, "2012-2014", None)
    }
    assert tuple(paris[indicator] for indicator in SHOWN) == tuple((Mark.SHOWN, number) for number in FIGURES)
    reasons = [
        number
        for (place, span, indicator, value), (_, number) in published(house).items()
        if (place, span, indicator) == (PARIS, "2012-2014", Indicator.NOT_EXAMINED) and value is not None
    ]
    assert sum(number or 0 for number in reasons) == FIGURES[4]
    assert published(house)[PARIS, "2013", Indicator.EXAMINED, None][0] is Mark.SHOWN


def by_value(house: House, indicator: Indicator) -> Counter[str | None]:
    """Sum an indicator by closed value, in every cell, over the years of the replay."""
    found: Counter[str | None] = Counter()
    for (_, _, name, value), number in counted(house).items():
        if name == indicator:
            found[value] += number
    return found


def test_the_gap_between_retained_and_examined_is_explained_to_the_last(house: House) -> None:
    reasons = by_value(house, Indicator.NOT_EXAMINED)
    assert None not in reasons
    assert reasons.total() == FIGURES[4]
    assert len(reasons) > 3


def test_every_situation_examined_was_oriented_and_every_service_answered(house: House) -> None:
    oriented = by_value(house, Indicator.ORIENTED)
    assert oriented.total() == FIGURES[3]
    assert set(oriented) == {Destination.CRIP, Destination.SOCIAL_SERVICES, Destination.LOCAL_ASSOCIATION}
    answers = by_value(house, Indicator.FEEDBACK)
    assert answers.total() == FIGURES[3] - oriented[Destination.CRIP]


def test_the_police_signals_most(house: House) -> None:
    origins = by_value(house, Indicator.SIGNALEMENT_BY_ORIGIN)
    assert origins.total() == FIGURES[0]
    assert origins[Origin.POLICE] > FIGURES[0] // 2
    assert len(origins) > 2


def test_each_of_the_ten_cells_met_every_quarter_a_month_after_convening(kept: House) -> None:
    with kept.transaction() as uow:
        held = uow.session.scalars(
            sa.select(Meeting).where(sa.extract("year", col(Meeting.starts_at)) <= YEARS[-1])
        ).all()
    assert {meeting.stage for meeting in held} == {MeetingStage.CLOSED}
    assert len(held) == QUARTERS * len(ARRONDISSEMENTS)
    assert set(Counter(meeting.cell_id for meeting in held).values()) == {QUARTERS}
    assert all(
        meeting.convened_at is not None and (meeting.starts_at - meeting.convened_at).days > 27 for meeting in held
    )


def test_everything_happened_in_the_order_of_time(kept: House) -> None:
    with kept.stores.journal.transaction() as session:
        instants = session.scalars(sa.select(col(JournalEntry.recorded_at)).order_by(col(JournalEntry.leaf))).all()
    assert all(before <= after for before, after in pairwise(instants))
    assert paris_day(instants[0]).year == YEARS[0]
    assert instants[-1] <= system_clock()


def test_nobody_of_the_past_is_left_and_the_administrators_are(house: House) -> None:
    with house.transaction() as uow:
        states = set(uow.session.scalars(sa.select(col(Account.status)).where(col(Account.email).like(f"%{SUFFIX}"))))
    assert states <= {AccountStatus.CLOSED}
    with acting(house, ADMIN) as uow:
        assert uow.actor.roles == {Role.ADMINISTRATOR}
        reviewed = uow.session.scalars(
            sa.select(col(Habilitation.reviewed_on)).where(col(Habilitation.role) == Role.ADMINISTRATOR)
        ).all()
    assert min(day for day in reviewed if day is not None).year >= system_clock().year - 1


def test_the_ten_cells_of_the_past_are_those_of_the_present_under_the_charter_of_2023(house: House) -> None:
    with house.transaction() as uow:
        cells = {cell.territory: cell for cell in uow.session.scalars(sa.select(Cell))}
    assert {str(number) for number in ARRONDISSEMENTS} < set(cells)
    assert {cell.charter_version for cell in cells.values()} == {"cenomed-2023"}


@pytest.mark.usefixtures("said")
def test_the_mail_went_to_a_file_and_names_no_minor(folder: Path) -> None:
    box = mailbox.mbox(folder / DEMO_MAIL)
    assert (folder / DEMO_MAIL).stat().st_mode & 0o077 == 0
    messages = [message.as_bytes() for message in box]
    box.close()
    assert len(messages) > QUARTERS * len(ARRONDISSEMENTS)
    names = {row.minor.last_name.encode() for row in history(1)}
    assert not [name for name in names if any(name in message for message in messages)]


@pytest.mark.parametrize("scale", [1, 2, 7])
def test_the_history_keeps_its_proportions_at_every_scale(scale: int) -> None:
    rows = history(scale)
    assert len(rows) == RECORDED * scale
    assert sum(row.outcome.retained for row in rows) == RETAINED * scale
    assert sum(row.outcome.examined for row in rows) == EXAMINED * scale
    assert sum(row.outcome.unexamined is not None for row in rows) == (RETAINED - EXAMINED) * scale
    assert {row.arrondissement for row in rows} == set(ARRONDISSEMENTS)
    assert {row.quarter for row in rows} == set(range(QUARTERS))
    assert all(before.received_on <= after.received_on for before, after in pairwise(rows))
