"""Who may do what, written a second time by hand: the rules cannot drift without a magistrate's line changing here.

Source: domain.md section 2.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from backend.authorization.actor import ANONYMOUS, Actor, Grant
from policies.access import MEMBERS, RULES, SUBMITTERS, WITH_COORDINATOR, WITH_PARQUET, Action, read_of
from policies.algebra import Circumstances
from policies.archive_words import OpeningState
from policies.charter_words import RecipientCategory
from policies.meeting_words import AgendaPart
from policies.orientation_words import TransmissionState
from policies.retention_words import Custody
from policies.steering_words import SteeringKind
from policies.vocabulary import CITY_ROLES, SEATS, Role, Sharing, Stage
from tests.support.access import ACCOUNT, CELL, INSTITUTION, import_tables, links_of, member, permitted, words_of
from tests.support.house import MORNING

import_tables()
OTHER_CELL = UUID(int=18)

OPEN = Custody.ACTIVE
C, P = Role.COORDINATOR, Role.PARQUET
NOBODY: frozenset[Role] = frozenset()


@dataclass(frozen=True, slots=True)
class Line:
    """What each stage lets whom do, in the order of the lifecycle."""

    received: frozenset[Role]
    admissible: frozenset[Role]
    with_parquet: frozenset[Role]
    retained: frozenset[Role]
    not_retained: frozenset[Role]
    under_examination: frozenset[Role]
    followed: frozenset[Role]
    closed: frozenset[Role]
    inadmissible: frozenset[Role]
    redirected: frozenset[Role]
    moved: frozenset[Role]
    merged: frozenset[Role]


ONLY_C, ONLY_P, BOTH = frozenset({C}), frozenset({P}), frozenset({C, P})
TABLE = BOTH | SEATS
_C = (ONLY_C,) * 3
READERS = Line(ONLY_C, ONLY_C, BOTH, BOTH, BOTH, *_C, ONLY_C, ONLY_C, NOBODY, NOBODY)
AT_THE_TABLE = Line(ONLY_C, ONLY_C, BOTH, TABLE, BOTH, TABLE, TABLE, ONLY_C, ONLY_C, ONLY_C, NOBODY, NOBODY)
COORDINATORS = Line(ONLY_C, ONLY_C, ONLY_C, ONLY_C, ONLY_C, *_C, ONLY_C, ONLY_C, NOBODY, NOBODY)
MAGISTRATES = Line(NOBODY, NOBODY, *(ONLY_P,) * 3, *(NOBODY,) * 7)
MAGISTRATES_AT_THE_TABLE = Line(NOBODY, NOBODY, *(ONLY_P,) * 5, *(NOBODY,) * 5)

NOWHERE = Line(*(NOBODY,) * 12)
SEATED = Line(NOBODY, NOBODY, NOBODY, SEATS, NOBODY, SEATS, SEATS, *(NOBODY,) * 5)

EXPECTED = {
    Action.SITUATION_READ: READERS,
    Action.SITUATION_EXIT: READERS,
    Action.SIGNALEMENT_READ: READERS,
    Action.PARQUET_ANSWER_READ: READERS,
    Action.SITUATION_EXIT_READ: READERS,
    Action.SITUATION_QUALIFY: COORDINATORS,
    Action.SITUATION_REVIEW: COORDINATORS,
    Action.SITUATION_RETURN: COORDINATORS,
    Action.SITUATION_MERGE: COORDINATORS,
    Action.SITUATION_MOVE: COORDINATORS,
    Action.SITUATION_ACKNOWLEDGE: COORDINATORS,
    Action.SITUATION_SEND: COORDINATORS,
    Action.SITUATION_ANSWER: MAGISTRATES,
    Action.SITUATION_OPEN_RESEARCH: COORDINATORS,
    Action.SITUATION_INVITE: COORDINATORS,
    Action.SITUATION_CLOSE: COORDINATORS,
    Action.SITUATION_INFORM: COORDINATORS,
    Action.SITUATION_WRITE_LETTER: COORDINATORS,
    Action.SITUATION_TRANSMIT: COORDINATORS,
    Action.SITUATION_FOLLOW: COORDINATORS,
    Action.SITUATION_WATCH: COORDINATORS,
    Action.SITUATION_LIMIT: COORDINATORS,
    Action.SITUATION_PREPARE: NOWHERE,
    Action.PRIOR_RESEARCH_READ: NOWHERE,
}
SHARED = {
    **EXPECTED,
    Action.SITUATION_READ: AT_THE_TABLE,
    Action.SITUATION_EXIT: AT_THE_TABLE,
    Action.SIGNALEMENT_READ: AT_THE_TABLE,
    Action.SITUATION_ANSWER: MAGISTRATES_AT_THE_TABLE,
    Action.SITUATION_PREPARE: SEATED,
}
"""The same while the situation is open to the seats; an answer then meets the lifecycle, which refuses it (409)."""

STAGED = sorted(action for action in Action if "stage" in words_of(action))


def test_every_action_that_depends_on_the_stage_is_expected_here() -> None:
    assert set(STAGED) == set(EXPECTED)


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("action", STAGED)
def test_each_cell_of_the_matrix_of_situations(action: Action, stage: Stage) -> None:
    for sharing, expected in {Sharing.WITHHELD: EXPECTED, Sharing.SEATS: SHARED}.items():
        found = {role for role in Role if permitted(action, member(role), stage=stage, sharing=sharing, custody=OPEN)}
        assert found == getattr(expected[action], stage.value), sharing


READINGS = (
    Action.SITUATION_READ,
    Action.SIGNALEMENT_READ,
    Action.PARQUET_ANSWER_READ,
    Action.SITUATION_EXIT_READ,
    Action.PRIOR_RESEARCH_READ,
)


@pytest.mark.parametrize("custody", [Custody.ARCHIVED, Custody.LOCKED])
@pytest.mark.parametrize("action", READINGS)
def test_what_is_archived_or_locked_exists_for_nobody(action: Action, custody: Custody) -> None:
    assert not any(
        permitted(action, member(role), link, stage=stage, sharing=sharing, custody=custody)
        for role in Role
        for link in (None, *links_of(action))
        for stage in Stage
        for sharing in Sharing
    )


PURGE = {
    Action.PURGE_RUN_READ: {Role.ADMINISTRATOR, Role.DPO, Role.ARCHIVIST},
    Action.PURGE_RUN_SWITCH: {Role.ADMINISTRATOR, Role.DPO},
    Action.PURGE_RUN_CONFIRM: {Role.DPO},
    Action.PURGE_NOTICE_READ: {C},
    Action.RETENTION_DECISION_READ: {Role.ADMINISTRATOR, Role.DPO, Role.ARCHIVIST},
    Action.RETENTION_DECISION_ENTER: {Role.ADMINISTRATOR},
    Action.RETENTION_DECISION_ADVISE: {Role.DPO},
    Action.CELL_RECORD_ACT: {Role.ADMINISTRATOR},
    Action.CELL_RECORD_AGREEMENT: {Role.ARCHIVIST, Role.ADMINISTRATOR},
}


@pytest.mark.parametrize("action", PURGE)
def test_the_dpo_watches_the_purge_the_coordinator_is_told_and_no_other_role_has_a_part(action: Action) -> None:
    assert {role for role in Role if permitted(action, member(role))} == PURGE[action]
    assert not permitted(Action.PURGE_NOTICE_READ, member(C, OTHER_CELL))


OVERSIGHT = {
    Action.UNUSUAL_ACCESS_PROVE: {Role.DPO},
    Action.UNUSUAL_ACCESS_READ: {Role.DPO},
    Action.UNUSUAL_ACCESS_LIFT: {Role.DPO},
    Action.UNUSUAL_ACCESS_SETTLE: {Role.DPO},
}


@pytest.mark.parametrize("action", OVERSIGHT)
def test_the_dpo_alone_oversees_the_journal_and_not_their_own_accesses(action: Action) -> None:
    assert {role for role in Role if permitted(action, member(role))} == OVERSIGHT[action]
    assert not any(permitted(action, member(Role.DPO), own) for own in links_of(action))


@pytest.mark.parametrize("state", OpeningState)
@pytest.mark.parametrize("custody", Custody)
def test_an_archive_is_asked_for_by_the_coordinator_signed_by_the_dpo_and_read_by_who_asked(
    state: OpeningState, custody: Custody
) -> None:
    values = {"state": state, "custody": custody}
    there, opened = custody is Custody.ARCHIVED, state is OpeningState.OPENED
    [own] = {link.field: link for link in links_of(Action.ARCHIVE_OPENING_CONSULT)}.values()
    assert own.field == "asked_by"
    expected: dict[Action, tuple[set[Role], set[Role]]] = {
        Action.ARCHIVE_OPENING_READ: ({C, Role.DPO}, {C, Role.DPO}),
        Action.ARCHIVE_OPENING_ASK: ({C}, {C}) if there else (set(), set()),
        Action.ARCHIVE_OPENING_DECIDE: ({Role.DPO}, set()),
        Action.ARCHIVE_OPENING_CONSULT: (set(), {C} if there and opened else set()),
        Action.ARCHIVE_OPENING_END: ({Role.DPO}, {C, Role.DPO}),
    }
    for action, (strangers, askers) in expected.items():
        for link, roles in ((None, strangers), (own, askers)):
            assert {role for role in Role if permitted(action, member(role), link, **values)} == roles, action
            assert not permitted(action, member(C, OTHER_CELL), link, **values)


@pytest.mark.parametrize("stage", Stage)
def test_a_preparation_is_read_by_the_seat_that_wrote_it_while_it_is_open_and_by_nobody_else(stage: Stage) -> None:
    action = Action.PRIOR_RESEARCH_READ
    (own,) = (link for link in links_of(action) if link.field == "account_id")
    for sharing in Sharing:
        readers = {
            role for role in Role if permitted(action, member(role), own, stage=stage, sharing=sharing, custody=OPEN)
        }
        assert readers == (getattr(SEATED, stage.value) if sharing is Sharing.SEATS else NOBODY)
        assert not any(permitted(action, member(role), stage=stage, sharing=sharing, custody=OPEN) for role in Role)


@pytest.mark.parametrize("stage", Stage)
def test_a_guest_reads_the_one_situation_to_which_the_account_is_invited_while_it_is_open(stage: Stage) -> None:
    for action in STAGED:
        for link in links_of(action):
            for sharing in Sharing:
                reads = permitted(action, member(Role.GUEST), link, stage=stage, sharing=sharing, custody=OPEN)
                opened = sharing is Sharing.SEATS and getattr(AT_THE_TABLE, stage.value) == TABLE
                may = action in {Action.SITUATION_READ, Action.SITUATION_EXIT, Action.SIGNALEMENT_READ}
                assert reads == (opened and may and link.field == "guest_id"), (action, sharing)


@pytest.mark.parametrize(
    "role",
    [
        Role.SOCIAL_COORDINATOR,
        Role.REPORTER,
        Role.RECIPIENT,
        Role.STEERING,
        Role.DPO,
        Role.ARCHIVIST,
        Role.ADMINISTRATOR,
    ],
)
def test_nobody_else_sees_anything_of_a_situation_at_any_stage(role: Role) -> None:
    for holder in (member(role), Actor(ACCOUNT, INSTITUTION, frozenset({Grant(role, None), Grant(role, CELL)}))):
        assert not _sees_anything(holder)


@pytest.mark.parametrize("role", [role for role in Role if role not in CITY_ROLES])
def test_a_role_in_another_cell_gives_nothing_here(role: Role) -> None:
    assert not _sees_anything(member(role, OTHER_CELL))


@pytest.mark.parametrize("role", [C, P])
def test_a_role_of_a_cell_held_for_the_whole_city_opens_no_situation(role: Role) -> None:
    everywhere = Actor(ACCOUNT, INSTITUTION, frozenset({Grant(role, None)}))
    assert not _sees_anything(everywhere)


def test_nobody_signed_in_may_do_nothing_at_all() -> None:
    for action in Action:
        fields = words_of(action)
        assert not permitted(action, ANONYMOUS, None, **{name: next(iter(words)) for name, words in fields.items()})
        for link in links_of(action):
            assert not permitted(action, ANONYMOUS, link), (action, link)


PRIVATE = (Action.DRAFT_READ, Action.DRAFT_WRITE, Action.RECEIPT_READ, Action.ACCOUNT_OWN)


@pytest.mark.parametrize("action", PRIVATE)
def test_what_is_private_is_its_owner_s_alone(action: Action) -> None:
    assert not any(permitted(action, member(role)) for role in Role)
    (own,) = (
        link for link in links_of(action) if link.field in {"account_id", "id"} and permitted(action, member(C), link)
    )
    assert all(permitted(action, member(role), own) for role in Role)


def test_field_agents_and_members_submit_and_city_roles_do_not() -> None:
    found = {role for role in Role if permitted(Action.CELL_SUBMIT, member(role))}
    assert found == SUBMITTERS == SEATS | {C, P, Role.SOCIAL_COORDINATOR, Role.REPORTER}


def test_only_the_coordinator_invites() -> None:
    for action in (Action.INVITATION_READ, Action.INVITATION_WRITE):
        assert {role for role in Role if permitted(action, member(role))} == {C}


MEMBERS_OF_A_CELL = SEATS | {C, P, Role.SOCIAL_COORDINATOR}
OF_THE_COORDINATOR = (
    Action.MEETING_PLAN,
    Action.MEETING_PROPOSE,
    Action.MEETING_SET_DATE,
    Action.MEETING_CONVENE,
    Action.MEETING_MOVE,
    Action.MEETING_CANCEL,
    Action.MEETING_ASK,
    Action.MEETING_PREPARE,
    Action.MEETING_OPEN,
    Action.MEETING_CLOSE,
)


def test_members_read_the_meetings_of_their_cell_and_its_coordinator_alone_holds_them() -> None:
    assert {role for role in Role if permitted(Action.MEETING_READ, member(role))} == MEMBERS_OF_A_CELL == MEMBERS
    for action in OF_THE_COORDINATOR:
        assert {role for role in Role if permitted(action, member(role))} == {C}
    assert {role for role in Role if permitted(Action.MEETING_AGREE, member(role))} == {Role.TOWN_HALL}
    for action in (Action.MEETING_READ, Action.MEETING_AGREE, *OF_THE_COORDINATOR):
        assert not any(permitted(action, member(role, OTHER_CELL)) for role in Role if role not in CITY_ROLES)


def test_a_member_answers_for_nobody_else_and_the_coordinator_alone_reads_every_answer() -> None:
    [own] = links_of(Action.AVAILABILITY_ANSWER)
    assert {role for role in Role if permitted(Action.AVAILABILITY_ANSWER, member(role))} == set()
    assert {role for role in Role if permitted(Action.AVAILABILITY_ANSWER, member(role), own)} == MEMBERS
    assert {role for role in Role if permitted(Action.AVAILABILITY_READ, member(role))} == {C}
    assert {role for role in Role if permitted(Action.AVAILABILITY_READ, member(role), own)} == MEMBERS


@pytest.mark.parametrize("part", AgendaPart)
def test_what_was_not_retained_stands_on_the_agenda_of_parquet_and_coordinator_alone(part: AgendaPart) -> None:
    readers = {role for role in Role if permitted(Action.AGENDA_ITEM_READ, member(role), part=part)}
    assert readers == ({C, P} if part is AgendaPart.NOT_RETAINED else MEMBERS)


def test_the_coordinator_alone_orients_withdraws_transmits_and_reminds() -> None:
    part = AgendaPart.RETAINED
    assert {role for role in Role if permitted(Action.AGENDA_ITEM_ORIENT, member(role), part=part)} == {C}
    for action in (Action.ORIENTATION_READ, Action.ORIENTATION_WITHDRAW, Action.ORIENTATION_TRANSMIT):
        assert {role for role in Role if permitted(action, member(role))} == {C}
        assert not any(permitted(action, member(role, OTHER_CELL)) for role in Role if role not in CITY_ROLES)
    for category in RecipientCategory:
        found = {role for role in Role if permitted(Action.TRANSMISSION_REMIND, member(role), category=category)}
        assert found == {C}


@pytest.mark.parametrize("state", TransmissionState)
@pytest.mark.parametrize("category", RecipientCategory)
def test_a_transmission_is_read_by_its_institution_or_by_the_cst_for_social_services(
    category: RecipientCategory, state: TransmissionState
) -> None:
    social = category is RecipientCategory.SOCIAL_SERVICES
    gone = state is TransmissionState.RECALLED
    [own] = links_of(Action.TRANSMISSION_READ)
    assert own.field == "institution_id"
    unlinked = {Role.SOCIAL_COORDINATOR} if social and not gone else set()
    linked = unlinked if social or gone else {Role.RECIPIENT}
    for action in (Action.TRANSMISSION_OPEN, Action.TRANSMISSION_ANSWER):
        for link, readers in ((None, unlinked), (own, linked)):
            found = {role for role in Role if permitted(action, member(role), link, category=category, state=state)}
            assert found == readers, (action, link)
    for link, readers in ((None, unlinked), (own, linked)):
        action = Action.TRANSMISSION_READ
        found = {role for role in Role if permitted(action, member(role), link, category=category, state=state)}
        assert found == readers | {C}
    city = Actor(ACCOUNT, INSTITUTION, frozenset({Grant(Role.RECIPIENT, None)}))
    assert permitted(Action.TRANSMISSION_READ, city, own, category=category, state=state) is not (social or gone)
    assert not permitted(Action.TRANSMISSION_READ, city, None, category=category, state=state)
    elsewhere = [member(role, OTHER_CELL) for role in Role if role not in CITY_ROLES]
    assert not any(
        permitted(Action.TRANSMISSION_READ, actor, own, category=category, state=state) for actor in elsewhere
    )


@pytest.mark.parametrize("category", RecipientCategory)
@pytest.mark.parametrize("since", [None, MORNING - timedelta(days=1)])
def test_under_limitation_the_crip_alone_of_the_recipients_still_reads_and_answers(
    category: RecipientCategory, since: datetime | None
) -> None:
    [own] = links_of(Action.TRANSMISSION_READ)
    facts: dict[str, Any] = {"category": category, "limited_at": since}
    reads = since is None or category is RecipientCategory.CRIP
    role = Role.SOCIAL_COORDINATOR if category is RecipientCategory.SOCIAL_SERVICES else Role.RECIPIENT
    for action in (Action.TRANSMISSION_READ, Action.TRANSMISSION_OPEN, Action.TRANSMISSION_ANSWER):
        assert permitted(action, member(role), own, **facts) is reads
    assert permitted(Action.TRANSMISSION_READ, member(C), own, **facts), "to answer the person"


def test_an_answer_is_read_with_its_transmission_and_corrected_by_its_author_alone() -> None:
    links = {link.field: link for link in links_of(Action.FEEDBACK_CORRECT)}
    assert set(links) == {"institution_id", "account_id"}
    sent = TransmissionState.SENT
    for category in RecipientCategory:
        social = category is RecipientCategory.SOCIAL_SERVICES
        readers = {Role.SOCIAL_COORDINATOR} if social else {Role.RECIPIENT}
        link = links["institution_id"]
        found = {
            role for role in Role if permitted(Action.FEEDBACK_READ, member(role), link, category=category, state=sent)
        }
        assert found == readers | {C}
        values = {"category": category, "state": sent}
        assert not any(permitted(Action.FEEDBACK_CORRECT, member(role), link, **values) for role in Role)
        own = {role for role in Role if permitted(Action.FEEDBACK_CORRECT, member(role), links["account_id"], **values)}
        assert own == ({Role.SOCIAL_COORDINATOR} if social else set())  # a recipient also needs its institution


FOUR_EYES = {
    Action.RECORDED_ACT_DECIDE: (Role.DPO, {"entered_by"}),
    Action.RETENTION_DECISION_ADVISE: (Role.DPO, {"entered_by"}),
    Action.RIGHTS_FINDING_SIGN: (Role.DPO, {"prepared_by"}),
    Action.ARCHIVE_OPENING_DECIDE: (Role.DPO, {"asked_by"}),
    Action.HABILITATION_GRANT: (Role.ADMINISTRATOR, {"account_id", "proposed_by"}),
    Action.ACCOUNT_RESET: (Role.ADMINISTRATOR, {"id"}),
    Action.ACCOUNT_CLOSE: (Role.ADMINISTRATOR, {"id"}),
    Action.ACCOUNT_EXCLUDE: (Role.ADMINISTRATOR, {"id"}),
    Action.INSTITUTION_EXCLUDE: (Role.ADMINISTRATOR, {"id"}),
}


@pytest.mark.parametrize("action", FOUR_EYES)
def test_nobody_decides_on_what_is_their_own(action: Action) -> None:
    role, fields = FOUR_EYES[action]
    assert permitted(action, member(role))
    refused = {link.field for link in links_of(action) if not permitted(action, member(role), link)}
    assert refused == fields


@pytest.mark.parametrize("confirmer,role", [("coordinator", C), ("administrator", Role.ADMINISTRATOR)])
def test_whoever_confirms_a_habilitation_had_no_other_part_in_it(confirmer: str, role: Role) -> None:
    words = words_of(Action.HABILITATION_CONFIRM)["confirmer"]
    asked = words.of(confirmer)
    holders = {other for other in Role if permitted(Action.HABILITATION_CONFIRM, member(other), None, confirmer=asked)}
    assert holders == {role}
    refused = {
        link.field
        for link in links_of(Action.HABILITATION_CONFIRM)
        if not permitted(Action.HABILITATION_CONFIRM, member(role), link, confirmer=asked)
    }
    assert refused == {"account_id", "proposed_by", "granted_by", "credentials_by"}


def test_every_action_has_one_rule_and_every_resource_says_who_reads_it() -> None:
    assert set(RULES) == set(Action)
    assert {read_of(action) for action in Action} <= set(RULES)
    assert all(read_of(action).value.endswith(":read") for action in Action)


def test_every_sentence_is_made_of_words() -> None:
    for action, rule in RULES.items():
        assert rule.sentence().strip(), action
        assert "  " not in rule.sentence()
        assert action.label[0].islower()


def test_the_stages_of_readers_are_those_of_the_domain() -> None:
    assert frozenset(Stage) - {Stage.MOVED, Stage.MERGED} == WITH_COORDINATOR
    assert {Stage.WITH_PARQUET, Stage.RETAINED, Stage.NOT_RETAINED} == WITH_PARQUET


def test_everybody_reads_the_directory_and_coordinators_and_administrators_keep_it() -> None:
    assert {role for role in Role if permitted(Action.DIRECTORY_ENTRY_READ, member(role))} == set(Role)
    keepers = {role for role in Role if permitted(Action.DIRECTORY_ENTRY_WRITE, member(role))}
    assert keepers == {C, Role.ADMINISTRATOR}


@pytest.mark.parametrize("kind", SteeringKind)
def test_a_coordinator_plans_the_presentation_and_the_copil_is_the_city_s(kind: SteeringKind) -> None:
    readers = {role for role in Role if permitted(Action.STEERING_EVENT_READ, member(role))}
    assert readers == MEMBERS | {Role.STEERING, Role.ADMINISTRATOR, Role.DPO}
    planners = {role for role in Role if permitted(Action.STEERING_EVENT_WRITE, member(role), kind=kind)}
    assert planners == ({C} if kind is SteeringKind.PRESENTATION else {Role.STEERING, Role.ADMINISTRATOR})
    assert not permitted(Action.STEERING_EVENT_WRITE, member(C, OTHER_CELL), kind=kind)


NETWORKS = [action for action in Action if action.value.startswith(("rav_", "desk_link"))]
DECISIONS = {Action.RAV_GUIDE_DECISION_READ, Action.RAV_GUIDE_DECISION_RECORD}
OPEN_TO_ALL = {Action.RAV_STRUCTURE_READ, Action.RAV_EDITION_READ}


@pytest.mark.parametrize("action", NETWORKS)
def test_the_coordinator_and_the_town_hall_organise_members_read_and_nobody_else_sees_a_network(action: Action) -> None:
    found = {role for role in Role if permitted(action, member(role))}
    if action in DECISIONS:
        assert found == {Role.ADMINISTRATOR}
    elif action in OPEN_TO_ALL:
        assert found == set(Role)
    elif action == read_of(action) and action is not Action.DESK_LINK_READ:
        assert found == SEATS | {C, P, Role.SOCIAL_COORDINATOR}
    else:
        assert found == {C, Role.TOWN_HALL}
        assert not any(permitted(action, member(role, OTHER_CELL)) for role in (C, Role.TOWN_HALL))


RIGHTS = {
    Action.RIGHTS_REQUEST_READ: {Role.DPO},
    Action.RIGHTS_REQUEST_WRITE: {Role.DPO},
    Action.RIGHTS_REQUEST_DECIDE: {Role.DPO},
    Action.RIGHTS_SEARCH_READ: {C, Role.DPO},
    Action.RIGHTS_SEARCH_ANSWER: {C},
    Action.RIGHTS_FINDING_READ: {C, Role.DPO},
    Action.RIGHTS_FINDING_PREPARE: {C},
    Action.RIGHTS_FINDING_RECTIFY: {C},
    Action.RIGHTS_FINDING_SIGN: {Role.DPO},
    Action.RIGHTS_FINDING_LIFT: {Role.DPO},
    Action.BREACH_READ: {Role.DPO},
    Action.BREACH_HANDLE: {Role.DPO},
}


@pytest.mark.parametrize("action", RIGHTS)
def test_the_dpo_registers_and_decides_the_coordinator_searches_and_prepares(action: Action) -> None:
    assert {role for role in Role if permitted(action, member(role))} == RIGHTS[action]
    assert not any(permitted(action, member(role, OTHER_CELL)) for role in Role if role not in CITY_ROLES)


def test_anybody_declares_a_breach_reads_it_and_keeps_nothing_of_the_register() -> None:
    [own] = links_of(Action.BREACH_READ)
    assert {role for role in Role if permitted(Action.BREACH_DECLARE, member(role), own)} == set(Role)
    assert {role for role in Role if permitted(Action.BREACH_READ, member(role), own)} == set(Role)
    assert {role for role in Role if permitted(Action.BREACH_HANDLE, member(role), own)} == {Role.DPO}


FROZEN = (
    Action.SITUATION_RETURN,
    Action.SITUATION_MERGE,
    Action.SITUATION_MOVE,
    Action.SITUATION_SEND,
    Action.SITUATION_ANSWER,
    Action.SITUATION_OPEN_RESEARCH,
    Action.SITUATION_PREPARE,
    Action.SITUATION_INVITE,
    Action.SITUATION_FOLLOW,
    Action.AGENDA_ITEM_EXAMINE,
    Action.AGENDA_ITEM_ORIENT,
    Action.ORIENTATION_TRANSMIT,
    Action.TRANSMISSION_REMIND,
)
"""What a limitation stops (RGPD, article 18.2): every use of the situation, but its protection."""


def limited(action: Action, role: Role, stage: Stage, sharing: Sharing, *, since: datetime | None) -> bool:
    """Tell whether a role may do something to a situation, or to what hangs from it, under limitation or not."""
    values = {"stage": stage, "sharing": sharing, "custody": OPEN, "limited_at": since, "part": AgendaPart.RETAINED}
    sent = {
        "category": RecipientCategory.CRIP,
        "state": TransmissionState.SENT,
        "institution_id": None,
        "readable_until": None,
    }
    row = SimpleNamespace(cell_id=CELL, situation_id=CELL, guest_id=ACCOUNT, id=CELL, **values, **sent)
    when = Circumstances(member(role), MORNING, lambda _table, _key: row)
    return RULES[read_of(action)].holds(row, when) and RULES[action].holds(row, when)


@pytest.mark.parametrize("stage", Stage)
def test_a_limitation_leaves_a_situation_to_its_coordinator_who_may_only_protect_and_answer(stage: Stage) -> None:
    since = MORNING - timedelta(days=1)
    for sharing in Sharing:
        readers = {role for role in Role if limited(Action.SITUATION_READ, role, stage, sharing, since=since)}
        assert readers <= {C}
        for action in FROZEN:
            assert not any(limited(action, role, stage, sharing, since=since) for role in Role), action
        for action in (Action.SITUATION_EXIT, Action.SITUATION_TRANSMIT, Action.SITUATION_LIMIT):
            free = limited(action, C, stage, sharing, since=None)
            assert limited(action, C, stage, sharing, since=since) is free, action
    assert limited(Action.SITUATION_SEND, C, Stage.ADMISSIBLE, Sharing.WITHHELD, since=None)


def _sees_anything(holder: Actor) -> bool:
    links = {action: (None, *links_of(action)) for action in STAGED}
    return any(
        permitted(action, holder, link, stage=stage, sharing=sharing, custody=OPEN)
        for action in STAGED
        for link in links[action]
        for stage in Stage
        for sharing in Sharing
    )
