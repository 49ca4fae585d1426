"""Two requests at the same moment, on PostgreSQL, where nothing but row locks keeps them apart."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import pytest

from backend.authorization.actor import ANONYMOUS, Actor
from backend.authorization.work import UnitOfWork
from backend.institutions.models import Institution
from backend.kernel.errors import Refusal
from backend.signalements.actions import drafts, invitations
from backend.signalements.forms import InvitationCodeForm, InvitationForm, SignalementForm
from tests.support.cast import Cast, build
from tests.support.journeys import BODY, drafted
from tests.support.postgresql import Cluster

FORM = SignalementForm.model_validate(BODY)


@pytest.fixture(scope="module")
def crowd(postgresql: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cast]:
    """Give a cast on PostgreSQL, with as many connections as it has impatient people."""
    folder: Path = tmp_path_factory.mktemp("crowd")
    names = {store: f"{store}_{uuid4().hex[:12]}" for store in ("main", "keys", "journal")}
    with ExitStack() as databases:
        for name in names.values():
            postgresql.create_database(name)
            databases.callback(postgresql.drop_database, name)
        cast = build(folder, {store: postgresql.url(name) for store, name in names.items()})
        yield cast
        cast.house.stores.dispose()


def at_once(cast: Cast, number: int, actor: Actor, act: Callable[[UnitOfWork], object]) -> list[object]:
    """Do an act several times at the same moment; give what each answers, or the code of its refusal."""
    start = threading.Barrier(number)
    answers: list[object] = []

    def run() -> None:
        start.wait()
        try:
            with cast.house.transaction(actor) as uow:
                answer = act(uow)
            answers.append(answer)
        except Refusal as refusal:
            answers.append(refusal.code)

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def invited(cast: Cast) -> invitations.Invited:
    with cast.house.transaction(cast.actor("coordinator_13")) as uow:
        landlord = uow.session.get_one(Institution, cast.institutions["landlord"]).reference
        form = InvitationForm(
            cell=cast.cells["13"].reference, institution=landlord, agent_name="Ba", agent_function="gardien"
        )
        return invitations.invite(uow, form)


def test_a_one_time_form_sent_twice_at_once_signals_once(crowd: Cast) -> None:
    made = invited(crowd)
    with crowd.house.transaction() as uow:
        form = InvitationCodeForm(code=made.code, undertaking=True)
        opened = invitations.enter(uow, made.secret, form) or ""
    answers = at_once(crowd, 3, ANONYMOUS, lambda uow: invitations.submit_invited(uow, opened, FORM).reference)
    assert answers.count("not-found") == 2


def test_codes_tried_all_at_once_share_the_five_attempts(crowd: Cast) -> None:
    made = invited(crowd)
    wrong = InvitationCodeForm(code="00000000" if made.code != "00000000" else "11111111", undertaking=True)
    answers = at_once(crowd, 9, ANONYMOUS, lambda uow: invitations.enter(uow, made.secret, wrong))
    assert sorted(answers, key=str) == [None] * 5 + ["not-found"] * 4


def test_a_draft_sent_twice_at_once_gives_the_same_receipt_twice(crowd: Cast) -> None:
    draft = drafted(crowd).rpartition("/")[2]
    reporter = crowd.actor("reporter")
    answers = at_once(crowd, 3, reporter, lambda uow: drafts.send(uow, draft, FORM).reference)
    assert len(answers) == 3
    assert len(set(answers)) == 1
    assert "not-found" not in answers
