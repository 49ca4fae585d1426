"""Who may do what, written a second time by hand: the rules cannot drift without a magistrate's line changing here.

Source: domain.md section 2.
"""

from dataclasses import dataclass
from uuid import UUID

import pytest

from backend.authorization.actor import ANONYMOUS, Actor, Grant
from policies.access import RULES, SUBMITTERS, WITH_COORDINATOR, WITH_PARQUET, Action, read_of
from policies.vocabulary import CITY_ROLES, SEATS, Role, Stage
from tests.support.access import ACCOUNT, CELL, INSTITUTION, import_tables, links_of, member, permitted, words_of

import_tables()
OTHER_CELL = UUID(int=18)

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
    inadmissible: frozenset[Role]
    redirected: frozenset[Role]
    moved: frozenset[Role]
    merged: frozenset[Role]


ONLY_C, ONLY_P, BOTH = frozenset({C}), frozenset({P}), frozenset({C, P})
READERS = Line(ONLY_C, ONLY_C, BOTH, BOTH, BOTH, ONLY_C, ONLY_C, NOBODY, NOBODY)
COORDINATORS = Line(ONLY_C, ONLY_C, ONLY_C, ONLY_C, ONLY_C, ONLY_C, ONLY_C, NOBODY, NOBODY)
MAGISTRATES = Line(NOBODY, NOBODY, ONLY_P, ONLY_P, ONLY_P, NOBODY, NOBODY, NOBODY, NOBODY)

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
    Action.SITUATION_SEND: COORDINATORS,
    Action.SITUATION_ANSWER: MAGISTRATES,
}
STAGED = sorted(action for action in Action if "stage" in words_of(action))


def test_every_action_that_depends_on_the_stage_is_expected_here() -> None:
    assert set(STAGED) == set(EXPECTED)


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("action", STAGED)
def test_each_cell_of_the_matrix_of_situations(action: Action, stage: Stage) -> None:
    found = {role for role in Role if permitted(action, member(role), stage=stage)}
    assert found == getattr(EXPECTED[action], stage.value)


@pytest.mark.parametrize(
    "role",
    [
        *sorted(SEATS),
        Role.SOCIAL_COORDINATOR,
        Role.GUEST,
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
        assert not any(permitted(action, holder, stage=stage) for action in STAGED for stage in Stage)


@pytest.mark.parametrize("role", [role for role in Role if role not in CITY_ROLES])
def test_a_role_in_another_cell_gives_nothing_here(role: Role) -> None:
    assert not any(permitted(action, member(role, OTHER_CELL), stage=stage) for action in STAGED for stage in Stage)


@pytest.mark.parametrize("role", [C, P])
def test_a_role_of_a_cell_held_for_the_whole_city_opens_no_situation(role: Role) -> None:
    everywhere = Actor(ACCOUNT, INSTITUTION, frozenset({Grant(role, None)}))
    assert not any(permitted(action, everywhere, stage=stage) for action in STAGED for stage in Stage)


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


FOUR_EYES = {
    Action.RECORDED_ACT_DECIDE: (Role.DPO, {"entered_by"}),
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
