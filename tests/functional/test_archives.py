"""The intermediate archive as people meet it: two signatures, one reader, one day; and everybody who attacks it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from httpx2 import Response
from sqlmodel import col

from backend.archives.models import ArchiveOpening
from backend.archives.queries import reading
from backend.archives.states import LIVE
from backend.audit.models import JournalEntry
from backend.authorization.actor import Actor, Grant
from backend.authorization.vault import Opened, Purpose, open_rows, reading_archive
from backend.cli import loops
from backend.crypto.keystore import SubjectWrap
from backend.kernel.errors import Forbidden, NotFound, StepUpRequired
from backend.kernel.identifiers import new_id
from backend.mail.models import MailOutbox
from backend.situations.models import Situation, SituationPerson
from policies.archive_words import OpeningState
from policies.retention_words import Custody
from policies.vocabulary import Role
from tests.support.cast import Cast, copied
from tests.support.http import Browser, form_of, words_of
from tests.support.journeys import problem, retained, sent

ARCHIVE = {
    "kind": "archive",
    "months": "12",
    "number": "2026 DASES 12",
    "decided_on": "20/11/2026",
    "authority": "Conseil de Paris",
    "applies_on": "15/12/2026",
}
ASKED = {"ground": "rights", "reason": "Demande d'accès reçue par courrier, à instruire avant un mois."}
FIRST, SECOND = "Zylberkwist", "Obrenovitch"


@pytest.fixture(scope="module")
def kept(troupe: Cast, tmp_path_factory: pytest.TempPathFactory) -> Cast:
    """Bring two situations of the 13e, closed for three months, to an archive of a year that the Ville decided."""
    cast = copied(troupe, tmp_path_factory.mktemp("archives") / "house")
    administrator = cast.browser("administrator")
    assert administrator.get("/archives").status_code == 403
    decision = administrator.send("/conservation/decisions", ARCHIVE).headers["location"].partition("?")[0]
    assert cast.browser("dpo").send(decision, {"opinion": "favourable"}, f"{decision}/avis").status_code == 303
    for name in (FIRST, SECOND):
        situation = retained(cast, last_name=name)
        closed = cast.browser("coordinator_13").send(f"/situations/{situation}/cloture", {"reason": "moved_away"})
        assert closed.status_code == 303, closed.text
    cast.pass_time(timedelta(days=100))
    sent(cast)  # somebody works there: the clock of the journal follows
    loops.go_round(cast.house)
    cast.house.stores.dispose()
    return cast


@pytest.fixture
def archive(kept: Cast, tmp_path: Path) -> Iterator[Cast]:
    cast = copied(kept, tmp_path / "house")
    cast.pass_time(timedelta(days=100))
    yield cast
    cast.house.stores.dispose()


def archived(cast: Cast) -> list[str]:
    """Give the references of the two archived situations, the first received first."""
    with cast.house.stores.main.transaction() as session:
        statement = sa.select(Situation).where(col(Situation.custody) == Custody.ARCHIVED)
        rows = session.scalars(statement.order_by(col(Situation.received_at), col(Situation.id))).all()
        people = {row.reference: row.id for row in rows}
    assert len(people) == 2
    with cast.house.transaction() as uow:
        names = {}
        for reference, situation in people.items():
            person = uow.session.scalars(
                sa.select(SituationPerson).where(col(SituationPerson.situation_id) == situation)
            ).one()
            with reading_archive(uow, situation):
                opened = open_rows(uow, [person], ["last_name"], Purpose.READ, ())
            names[opened[person.id]["last_name"]] = reference
    return [names[FIRST], names[SECOND]]


def ask(cast: Cast, situation: str, **fields: str) -> Response:
    return cast.browser("coordinator_13").send(f"/archives/situations/{situation}", {**ASKED, **fields})


def asked(cast: Cast, situation: str) -> str:
    """Ask for an opening, and give its address."""
    answer = ask(cast, situation)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("?")[0]


def sign(cast: Cast, address: str, decision: str = "sign") -> Response:
    return cast.browser("dpo").send(address, {"decision": decision}, f"{address}/decision")


def opening(cast: Cast) -> ArchiveOpening:
    with cast.house.stores.main.transaction() as session:
        return session.scalars(sa.select(ArchiveOpening).order_by(col(ArchiveOpening.asked_at).desc())).first()  # type: ignore[return-value]


def post(browser: Browser, address: str, **fields: str) -> int:
    return browser.post(address, {"csrf": browser.csrf(), "version": "1", **fields}).status_code


def holders(cast: Cast) -> set[str]:
    """Give under which keys the two situations and all that hangs from them are wrapped."""
    with cast.house.stores.main.transaction() as session:
        owners = set(session.scalars(sa.select(col(Situation.id)).where(col(Situation.custody) == Custody.ARCHIVED)))
    with cast.house.stores.keys.transaction() as session:
        wraps = session.scalars(sa.select(SubjectWrap).where(col(SubjectWrap.subject).in_(owners))).all()
        return {str(wrap.holder_kind) for wrap in wraps}


def journal(cast: Cast) -> list[str]:
    with cast.house.stores.journal.transaction() as session:
        return [
            f"{name} {body}"
            for name, body in session.execute(sa.select(col(JournalEntry.name), col(JournalEntry.body)))
        ]


def messages(cast: Cast, template: str) -> list[MailOutbox]:
    with cast.house.stores.main.transaction() as session:
        return list(session.scalars(sa.select(MailOutbox).where(col(MailOutbox.template) == template)))


def test_by_default_the_ville_keeps_no_archive_and_the_page_says_so(cast: Cast) -> None:
    for who in ("coordinator_13", "dpo"):
        assert "La Ville ne garde aucune archive" in words_of(cast.browser(who).get("/archives"))
    assert cast.browser("police_13").get("/archives").status_code == 403


def test_two_signatures_open_one_situation_to_who_asked_and_it_ends_by_hand(archive: Cast) -> None:
    first, second = archived(archive)
    coordinator = archive.browser("coordinator_13")
    listed = coordinator.get("/archives")
    assert first in listed.text
    assert "23 février 2027 23 février 2028, dans 357 jours" in words_of(listed)
    assert FIRST not in listed.text
    assert coordinator.get(f"/situations/{first}").status_code == 404
    wrong = ask(archive, first, reason="Madame Martine Durand demande à lire.")
    assert wrong.status_code == 422
    assert form_of(wrong, f"/archives/situations/{first}").shown()["reason"] == (
        "Madame Martine Durand demande à lire.",
    )
    address = asked(archive, first)
    [told] = messages(archive, "archive_request")
    assert told.recipient == archive.people["dpo"].email
    assert first not in told.content
    assert "signature attendue" in words_of(coordinator.get("/archives"))
    dpo = archive.browser("dpo")
    assert "Archive intermédiaire" in words_of(dpo.get("/"))
    page = words_of(dpo.get(address))
    assert ASKED["reason"] in page
    assert first in page
    assert FIRST not in page
    assert sign(archive, address).status_code == 303
    assert [told.recipient for told in messages(archive, "archive_answer")] == [archive.people["coordinator_13"].email]
    assert "Archive ouverte" in words_of(coordinator.get("/"))
    shown = coordinator.get(f"{address}/lecture")
    assert FIRST in shown.text
    assert SECOND not in shown.text
    assert "lecture seule" in words_of(shown)
    assert coordinator.get(f"/situations/{first}").status_code == 404
    assert first not in coordinator.get("/situations?groupe=closes").text
    assert archive.program("coordinator_13").get(f"/api/v1/situations/{first}").status_code == 404
    assert holders(archive) == {"archive"}
    written = journal(archive)
    assert any(line.startswith("archives:situation:consulted") and first in line for line in written)
    assert any(line.startswith(Opened.name) and '"archive"' in line and first in line for line in written)
    assert not any(ASKED["reason"] in line for line in written)
    ended = coordinator.send(f"{address}/lecture", {}, f"{address}/fin")
    assert ended.status_code == 303
    assert coordinator.get(f"{address}/lecture").status_code == 403
    assert "terminée" in words_of(dpo.get("/archives"))
    again = asked(archive, second)
    assert again != address, "another reading is another request"


def test_nobody_reads_before_the_signature_after_a_refusal_or_after_a_day(archive: Cast) -> None:
    first, _ = archived(archive)
    address = asked(archive, first)
    reference = address.rpartition("/")[2]
    coordinator = archive.browser("coordinator_13")
    assert coordinator.get(f"{address}/lecture").status_code == 403
    assert post(coordinator, f"{address}/decision", decision="sign") == 403
    assert sign(archive, address, "refuse").status_code == 303
    assert coordinator.get(f"{address}/lecture").status_code == 403
    assert post(archive.browser("dpo"), f"{address}/decision", version="2", decision="sign") == 409
    address = asked(archive, first)
    assert sign(archive, address).status_code == 303
    archive.pass_time(timedelta(hours=24))
    assert archive.browser("coordinator_13").get(f"{address}/lecture").status_code == 200
    archive.pass_time(timedelta(seconds=1))
    coordinator = archive.browser("coordinator_13")
    refused = coordinator.get(f"{address}/lecture")
    assert refused.status_code == 403
    assert FIRST not in refused.text
    assert "Terminée le 4 mars 2027 à 9 h 00" in words_of(coordinator.get(address))
    assert reference in coordinator.get("/archives").text
    assert asked(archive, first) != address, "what ended at its hour keeps nobody from asking again"
    with archive.house.stores.main.transaction() as session:
        states = session.scalars(sa.select(col(ArchiveOpening.state))).all()
    assert len([state for state in states if state in LIVE]) == 1


def test_outsiders_neither_see_ask_sign_read_nor_end(archive: Cast) -> None:
    first, second = archived(archive)
    address = asked(archive, first)
    assert sign(archive, address).status_code == 303
    for who in ("coordinator_18", "police_13", "parquet_13", "reporter", "administrator", "archivist"):
        browser = archive.browser(who)
        for path in (address, f"{address}/lecture", f"/archives/situations/{second}"):
            answer = browser.get(path)
            assert answer.status_code == 404, (who, path)
            assert FIRST not in answer.text
        assert post(browser, f"/archives/situations/{second}", **ASKED) == 404
        assert post(browser, f"{address}/decision", decision="refuse") == 404
        assert post(browser, f"{address}/fin") == 404
        assert problem(archive.program(who).get(f"/api/v1{address}"))["status"] == 404
    assert opening(archive).state is OpeningState.OPENED


def test_the_dpo_signs_without_reading_and_may_end_at_once(archive: Cast) -> None:
    first, _ = archived(archive)
    address = asked(archive, first)
    assert sign(archive, address).status_code == 303
    dpo = archive.browser("dpo")
    assert dpo.get(f"{address}/lecture").status_code == 403
    assert dpo.get(f"/archives/situations/{first}").status_code == 404
    program = archive.program("dpo")
    tag = program.get(f"/api/v1{address}").headers["ETag"]
    assert program.post(f"/api/v1{address}/fin", None, If_Match=tag).status_code == 204
    assert archive.browser("coordinator_13").get(f"{address}/lecture").status_code == 403


def test_every_step_asks_for_a_fresh_second_factor(archive: Cast) -> None:
    first, second = archived(archive)
    address = asked(archive, first)
    coordinator, dpo = archive.another("coordinator_13"), archive.another("dpo")
    page, answer = coordinator.get(f"/archives/situations/{second}"), dpo.get(address)
    archive.pass_time(timedelta(minutes=12))
    signing = dpo.resend(answer, {"decision": "sign"}, f"{address}/decision")
    assert signing.headers["location"] == f"/confirmation?suite={address}"
    assert opening(archive).state is OpeningState.ASKED
    assert sign(archive, address).status_code == 303
    read = coordinator.get(f"{address}/lecture")
    assert read.headers["location"] == f"/confirmation?suite={address}/lecture"
    asking = coordinator.get(f"/archives/situations/{second}")
    assert asking.headers["location"] == f"/confirmation?suite=/archives/situations/{second}"
    late = coordinator.resend(page, ASKED, f"/archives/situations/{second}")
    assert late.status_code == 403
    with (
        archive.house.transaction(archive.actor("coordinator_13")) as uow,
        pytest.raises(StepUpRequired),
    ):
        reading(uow, address.rpartition("/")[2])


def test_one_opening_gives_nothing_of_a_second_situation_and_nobody_has_two(archive: Cast) -> None:
    first, second = archived(archive)
    address = asked(archive, first)
    refused = ask(archive, second)
    assert refused.status_code == 409
    assert form_of(refused, f"/archives/situations/{second}").shown()["reason"] == (ASKED["reason"],)
    assert sign(archive, address).status_code == 303
    assert ask(archive, second).status_code == 409
    with archive.house.transaction(archive.actor("coordinator_13")) as uow:
        rows = {row.reference: row.id for row in uow.session.scalars(sa.select(Situation))}
        person = uow.session.scalars(
            sa.select(SituationPerson).where(col(SituationPerson.situation_id) == rows[second])
        ).one()
        with pytest.raises(NotFound), reading_archive(uow, rows[first]):
            open_rows(uow, [person], ["last_name"], Purpose.READ, [second])
        with pytest.raises(NotFound):
            open_rows(uow, [person], ["last_name"], Purpose.READ, [second])


def test_another_coordinator_of_the_cell_sees_the_opening_and_does_not_read(archive: Cast) -> None:
    first, _ = archived(archive)
    address = asked(archive, first)
    assert sign(archive, address).status_code == 303
    cell: UUID = archive.cells["13"].id
    colleague = Actor(new_id(), None, frozenset({Grant(Role.COORDINATOR, cell)}), new_id(), stepped_up=True)
    with archive.house.transaction(colleague) as uow, pytest.raises(Forbidden):
        reading(uow, address.rpartition("/")[2])


def test_what_left_the_archive_meanwhile_is_neither_signed_nor_read(archive: Cast) -> None:
    first, _ = archived(archive)
    address = asked(archive, first)
    locked = sa.update(Situation).where(col(Situation.reference) == first)
    with archive.house.stores.main.transaction() as session:
        session.execute(locked.values(custody=Custody.LOCKED))
    assert sign(archive, address).status_code == 409
    with archive.house.stores.main.transaction() as session:
        session.execute(locked.values(custody=Custody.ARCHIVED))
    assert sign(archive, address).status_code == 303
    with archive.house.stores.main.transaction() as session:
        session.execute(locked.values(custody=Custody.LOCKED))
    assert archive.browser("coordinator_13").get(f"{address}/lecture").status_code == 403


def test_the_database_refuses_one_person_who_signs_alone(archive: Cast) -> None:
    first, _ = archived(archive)
    asked(archive, first)
    for values in ({"decided_by": archive.people["coordinator_13"].id}, {"state": OpeningState.OPENED}):
        with pytest.raises(sa.exc.IntegrityError), archive.house.stores.main.transaction() as session:
            session.execute(sa.update(ArchiveOpening).values(**values))
