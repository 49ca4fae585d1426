"""What goes by its age alone: drafts, receipts, mail, sessions, links, evidence, tombstones; and what must stay."""

from datetime import date, time, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.idempotency import IdempotencyKey
from backend.authorization.vault import Value, new_subject, seal_into
from backend.cells.models import ContactKind, LocalContact, RecordedAct
from backend.charters.models import CharterSignature
from backend.crypto.keyring import ServiceKey, Tombstone
from backend.institutions.models import Institution
from backend.kernel.clock import paris_instant
from backend.kernel.database import MainRow
from backend.kernel.identifiers import new_id
from backend.mail.models import MailOutbox
from backend.members.models import Account, AccountSession, EnrolmentLink, Habilitation
from backend.purge.actions.sweeping import PeopleDue, people_due
from backend.purge.models import PurgeRun
from backend.signalements.models import Draft, Invitation, Receipt, Signalement
from backend.signalements.states import FactsState
from policies.charter_words import CharterKind
from policies.habilitation import AccountStatus
from policies.months import add_months
from policies.retention import Kind
from policies.retention_words import RunState, Verdict
from policies.vocabulary import Origin, ReceiptStatus, Stage
from tests.support.house import MORNING
from tests.support.journal import ENTRY, owner, write
from tests.unit.purge.conftest import TODAY, Scene, finished


def add(scene: Scene, *rows: MainRow) -> None:
    with scene.house.transaction() as uow:
        uow.hand_over(scene.cell)
        for row in rows:
            uow.session.add(row)
            uow.session.flush()


def left(scene: Scene, model: type[MainRow]) -> int:
    with scene.house.transaction() as uow:
        uow.hand_over(scene.cell)
        return uow.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


@pytest.fixture
def account(scene: Scene) -> UUID:
    institution = Institution(name="Ville fictive", origin="city_service")
    holder = Account(
        institution_id=institution.id,
        email="agent@demo.invalid",
        display_name="Personne fictive",
        function="agent",
        created_at=MORNING,
    )
    add(scene, institution, holder)
    return holder.id


def draft(scene: Scene, account: UUID, days: int, receipt: UUID | None = None) -> Draft:
    created = MORNING - timedelta(days=days)
    row = Draft(
        id=new_id(), cell_id=scene.cell, account_id=account, created_at=created, saved_at=created, receipt_id=receipt
    )
    with scene.house.transaction() as uow, uow.reaching(account):
        seal_into(row, new_subject(uow, row.id, scene.cell), {"content": "texte"})
        uow.session.add(row)
    return row


def test_a_draft_goes_at_thirty_days_with_its_key_and_its_author_reads_no_difference(
    scene: Scene, account: UUID
) -> None:
    receipt = Receipt(
        id=new_id(), cell_id=scene.cell, account_id=account, status=ReceiptStatus.TO_COMPLETE, submitted_at=MORNING
    )
    add(scene, receipt)
    old, free, young = draft(scene, account, 30, receipt.id), draft(scene, account, 31), draft(scene, account, 29)
    scene.run()
    assert scene.kept(old.id) == scene.kept(free.id) == (0, 0, 0, 1)
    assert scene.kept(young.id)[:2] == (1, 1)
    with scene.house.transaction() as uow:
        uow.hand_over(scene.cell)
        assert uow.session.get_one(Receipt, receipt.id).status is ReceiptStatus.RECEIVED
    assert scene.tally(Verdict.DESTROYED)["draft"] == 2


def test_receipts_vanish_the_same_day_a_month_after_and_the_signalement_stays(scene: Scene) -> None:
    situation = scene.add(Stage.FOLLOWED, decided_at=TODAY)
    month = MORNING - timedelta(days=31)
    gone = Receipt(id=new_id(), cell_id=scene.cell, submitted_at=month, processed_at=month)
    kept = Receipt(id=new_id(), cell_id=scene.cell, submitted_at=month, processed_at=month + timedelta(days=2))
    add(scene, gone, kept)
    with scene.house.transaction() as uow:
        uow.hand_over(scene.cell)
        row = signalement(scene, situation.id)
        row.receipt_id = gone.id
        uow.session.add(row)
    scene.run()
    assert left(scene, Receipt) == 1
    assert left(scene, Signalement) == 1


def test_a_receipt_whose_meeting_never_came_vanishes_at_thirteen_months(scene: Scene) -> None:
    submitted = paris_instant(add_months(TODAY, -13) + timedelta(days=1), time(9))
    add(scene, Receipt(id=new_id(), cell_id=scene.cell, submitted_at=submitted))
    scene.run()
    assert left(scene, Receipt) == 1
    scene.days(2)
    assert left(scene, Receipt) == 0


def signalement(scene: Scene, situation: UUID) -> Signalement:
    row = Signalement(
        id=new_id(),
        situation_id=situation,
        cell_id=scene.cell,
        origin=Origin.POLICE,
        submitted_at=MORNING,
        facts_state=FactsState.NONE,
    )
    [key] = scene.house.keyring.open_subjects({(situation, scene.cell)}).values()
    texts: dict[str, Value] = {"author": {}, "qualification": "danger", "motives": {}, "circumstances": {}, "steps": {}}
    seal_into(row, key, texts)
    return row


def test_mail_sessions_keys_of_requests_and_links_go_by_their_age(scene: Scene, account: UUID) -> None:
    def mail(queued: int, sent: int | None) -> MailOutbox:
        at = MORNING - timedelta(days=queued)
        done = None if sent is None else MORNING - timedelta(days=sent)
        return MailOutbox(recipient="x@demo.invalid", template="x", queued_at=at, due_at=at, sent_at=done)

    def session(hours: int) -> AccountSession:
        at = MORNING - timedelta(hours=hours)
        return AccountSession(account_id=account, kind="full", created_at=at, last_seen_at=at)

    def link(days: int) -> EnrolmentLink:
        return EnrolmentLink(
            account_id=account,
            token_hash=new_id().bytes,
            code_hash=b"x",
            expires_at=MORNING + timedelta(days=days),
        )

    def sent(hours: int) -> IdempotencyKey:
        return IdempotencyKey(
            account_id=account,
            route="x",
            key=str(hours),
            body_mac=b"x",
            result="x",
            made_at=MORNING - timedelta(hours=hours),
        )

    add(scene, mail(9, 8), mail(9, 6), mail(20, None), mail(8, None), session(24), session(23), link(0), link(1))
    add(scene, sent(25), sent(1))
    scene.run()
    assert [left(scene, model) for model in (MailOutbox, AccountSession, EnrolmentLink, IdempotencyKey)] == [2, 1, 1, 1]


def test_an_invitation_stays_while_its_author_is_to_be_confirmed(scene: Scene) -> None:
    situation = scene.add(Stage.RECEIVED, received_at=MORNING)
    institution = Institution(name="Bailleur fictif", origin="landlord")

    def invitation(days: int, *, used: bool = False, confirmed: bool = False) -> Invitation:
        return Invitation(
            id=new_id(),
            cell_id=scene.cell,
            institution_id=institution.id,
            invited_by=new_id(),
            agent_name="Agent fictif",
            agent_function="gardien",
            link_hash=new_id().bytes,
            code_hash=b"x",
            created_at=MORNING - timedelta(days=days),
            expires_at=MORNING,
            used_at=MORNING if used else None,
            author_confirmed_at=MORNING if confirmed else None,
        )

    awaited, confirmed = invitation(30, used=True), invitation(30, used=True, confirmed=True)
    add(scene, institution, awaited, confirmed, invitation(9), invitation(9, used=True), invitation(3))
    for source in (awaited, confirmed):
        row = signalement(scene, situation.id)
        row.invitation_id = source.id
        add(scene, row)
    scene.run()
    with scene.house.transaction() as uow:
        uow.hand_over(scene.cell)
        assert awaited.id in set(uow.session.scalars(sa.select(col(Invitation.id))))
    assert left(scene, Invitation) == 2
    assert left(scene, Signalement) == 2


def test_evidence_stays_ten_years_after_its_end(scene: Scene, account: UUID) -> None:
    scene.agree(issued=date(2005, 1, 2), ends=date(2016, 11, 23))
    scene.agree(issued=date(2005, 1, 2), ends=date(2016, 11, 24))
    scene.agree(issued=date(2005, 1, 2))
    old = PurgeRun(day=date(2016, 11, 23), started_at=MORNING - timedelta(days=3660), state=RunState.FINISHED)
    with scene.house.transaction() as uow:
        institution = uow.session.get_one(Account, account).institution_id
    add(scene, old, *(signature(institution, ended) for ended in (date(2016, 11, 23), date(2016, 11, 24), None)))
    scene.run()
    assert left(scene, RecordedAct) == 3
    assert left(scene, PurgeRun) == 1
    assert left(scene, CharterSignature) == 2


def signature(institution: UUID, ended: date | None) -> CharterSignature:
    return CharterSignature(
        institution_id=institution,
        kind=CharterKind.CENOMED,
        charter_version="cenomed-2012",
        rules_version=f"ri-{ended}",
        signed_on=date(2012, 1, 2),
        signatory_function="directeur",
        recorded_by=new_id(),
        ended_on=ended,
    )


def test_the_contact_of_a_cell_goes_a_year_after_its_end_and_one_that_stands_stays(scene: Scene) -> None:
    def contact(until: date | None) -> LocalContact:
        return LocalContact(
            cell_id=scene.cell,
            kind=ContactKind.LOCAL,
            name="Claude Exemple",
            function="référent",
            phone="01 00 00 00 00",
            email="contact@demo.invalid",
            valid_from=date(2020, 1, 1),
            valid_until=until,
        )

    year = add_months(TODAY, -12)
    add(scene, contact(year), contact(year + timedelta(days=1)), contact(None))
    scene.run()
    assert left(scene, LocalContact) == 2
    assert scene.tally(Verdict.DESTROYED)["local_contact"] == 1


def test_a_tombstone_outlives_every_backup_then_goes(scene: Scene) -> None:
    entries = [
        Tombstone("7K3M-9QX2-PD4T", new_id(), "purged:closed", MORNING - timedelta(days=days)) for days in (61, 59)
    ]
    scene.house.keyring.write_tombstones(entries)
    scene.run()
    assert [scene.kept(entry.subject)[3] for entry in entries] == [0, 1]
    assert scene.tally(Verdict.DESTROYED)["tombstone"] == 1


def test_a_habilitation_goes_a_year_after_its_end_and_one_that_stands_stays(scene: Scene, account: UUID) -> None:
    def habilitation(ended: date | None, until: date | None) -> Habilitation:
        state = "ended" if ended else "confirmed"
        return Habilitation(
            account_id=account,
            role="reporter",
            confirmer="coordinator",
            state=state,
            valid_from=date(2020, 1, 1),
            valid_until=until,
            ended_on=ended,
        )

    year = TODAY.replace(year=TODAY.year - 1)
    day = timedelta(days=1)
    gone = [habilitation(year, None), habilitation(None, year), habilitation(year, year + 9 * day)]
    kept = [habilitation(year + day, None), habilitation(None, year + day), habilitation(None, None)]
    add(scene, *gone, *kept)
    assert people_due(scene.house) == PeopleDue(0, 0, len(gone))
    scene.run()
    assert people_due(scene.house) == PeopleDue(0, 0, 0)
    with scene.house.transaction() as uow:
        assert set(uow.session.scalars(sa.select(col(Habilitation.id)))) == {row.id for row in kept}


def test_a_run_says_how_many_accounts_it_suspended_apart_from_what_it_destroyed(scene: Scene, account: UUID) -> None:
    with scene.house.transaction() as uow:
        holder = uow.session.get_one(Account, account)
        holder.status, holder.created_at = AccountStatus.ACTIVE, MORNING - timedelta(days=200)
    assert people_due(scene.house) == PeopleDue(suspended=1, removed=0, habilitations=0)
    scene.run()
    assert people_due(scene.house) == PeopleDue(0, 0, 0)
    assert scene.tally(Verdict.SUSPENDED) == {Kind.UNUSED_ACCOUNT: 1}
    with scene.house.transaction() as uow:
        assert uow.session.get_one(Account, account).status == AccountStatus.SUSPENDED


@pytest.fixture
def old_events(scene: Scene) -> None:
    """Write three events, then one a year later: the next run meets a journal that nobody let fall behind."""
    write(scene.house.journal, 3)
    scene.house.journal.seal_outbox()
    scene.clock.advance(timedelta(days=366))
    write(scene.house.journal)
    scene.house.journal.seal_outbox()


@pytest.mark.parametrize("engine_kind", ["sqlite"])
@pytest.mark.usefixtures("old_events")
def test_what_the_journal_said_goes_after_a_year_and_the_journal_is_still_whole(scene: Scene) -> None:
    assert finished(scene.run())
    assert scene.tally(Verdict.DESTROYED) == {"journal": 3}
    scene.house.journal.seal_outbox()
    found = scene.house.journal.verify(scene.house.keyring.public_key(ServiceKey.LOG))
    assert (found.ok, found.expired.size) == (True, 3)


@pytest.mark.parametrize("engine_kind", ["sqlite"])
@pytest.mark.usefixtures("old_events")
def test_a_damaged_journal_keeps_what_it_said_and_the_run_goes_on(scene: Scene) -> None:
    with owner(scene.house.stores.journal) as attacker:
        attacker.execute(sa.update(ENTRY).where(ENTRY.c.leaf == 1).values(salt=bytes(32)))
    assert finished(scene.run())
    assert scene.tally(Verdict.DESTROYED) == {}
    assert not scene.house.journal.verify(scene.house.keyring.public_key(ServiceKey.LOG)).ok


def test_the_preview_counts_an_account_to_be_removed_once_and_changes_nothing(scene: Scene, account: UUID) -> None:
    with scene.house.transaction() as uow:
        holder = uow.session.get_one(Account, account)
        holder.status, holder.created_at = AccountStatus.ACTIVE, MORNING - timedelta(days=600)
    assert people_due(scene.house) == PeopleDue(suspended=0, removed=1, habilitations=0)
    with scene.house.transaction() as uow:
        assert uow.session.get_one(Account, account).status == AccountStatus.ACTIVE
    scene.run()
    with scene.house.transaction() as uow:
        assert uow.session.get_one(Account, account).status == AccountStatus.REMOVED
