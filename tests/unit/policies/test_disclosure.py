"""What is not listed is not shown (domain.md section 2), written a second time by hand."""

import pytest

from policies.access import WITH_COORDINATOR, WITH_PARQUET
from policies.charter_words import RecipientCategory
from policies.disclosure import LEAVING, Field, disclosed
from policies.vocabulary import SEATS, Role, Sharing, Stage

SEAT = {
    Field.IDENTITY,
    Field.QUARTIER,
    Field.SCHOOL,
    Field.QUALIFICATION,
    Field.MOTIVES,
    Field.CIRCUMSTANCES,
    Field.STEPS,
    Field.FACTS,
    Field.ORIGIN,
}


TABLE = {Stage.RETAINED, Stage.UNDER_EXAMINATION, Stage.FOLLOWED}


@pytest.mark.parametrize("sharing", Sharing)
@pytest.mark.parametrize("stage", Stage)
def test_the_coordinator_reads_everything_of_what_is_still_the_cell_s(stage: Stage, sharing: Sharing) -> None:
    expected = set(Field) if stage in WITH_COORDINATOR else set()
    assert disclosed([Role.COORDINATOR], stage, sharing) == expected


def test_the_parquet_reads_what_its_filter_needs_then_as_a_seat_and_only_a_name_of_the_not_retained() -> None:
    assert disclosed([Role.PARQUET], Stage.WITH_PARQUET, Sharing.WITHHELD) == {
        Field.IDENTITY,
        Field.ADDRESS,
        Field.REPRESENTATIVES,
        Field.MOTIVES,
        Field.CIRCUMSTANCES,
        Field.EXITS,
    }
    retained = SEAT | {Field.PARQUET_ANSWER, Field.EXITS}
    assert disclosed([Role.PARQUET], Stage.RETAINED, Sharing.WITHHELD) == retained
    assert disclosed([Role.PARQUET], Stage.RETAINED, Sharing.SEATS) == retained
    not_retained = {Field.IDENTITY, Field.PARQUET_ANSWER, Field.EXITS}
    assert disclosed([Role.PARQUET], Stage.NOT_RETAINED, Sharing.WITHHELD) == not_retained
    for stage in set(Stage) - WITH_PARQUET:
        assert disclosed([Role.PARQUET], stage, Sharing.WITHHELD) == frozenset()
    assert disclosed([Role.PARQUET], Stage.FOLLOWED, Sharing.SEATS) == SEAT


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.COORDINATOR, Role.PARQUET}])
def test_nobody_else_reads_anything_before_research_opens_nor_once_the_meeting_is_closed(role: Role) -> None:
    assert {disclosed([role], stage, Sharing.WITHHELD) for stage in Stage} == {frozenset()}


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.COORDINATOR, Role.PARQUET}])
def test_a_seat_reads_neither_address_nor_family_nor_author_and_a_guest_a_name_and_school_motives(
    role: Role, stage: Stage
) -> None:
    expected: set[Field] = set()
    if stage in TABLE and role in SEATS:
        expected = SEAT
    if stage in TABLE and role is Role.GUEST:
        expected = {Field.IDENTITY, Field.SCHOOL_MOTIVES}
    assert disclosed([role], stage, Sharing.SEATS) == expected


@pytest.mark.parametrize("sharing", Sharing)
def test_who_holds_no_role_in_the_cell_reads_nothing(sharing: Sharing) -> None:
    assert {disclosed([], stage, sharing) for stage in Stage} == {frozenset()}


def test_two_roles_read_what_each_of_them_reads() -> None:
    both = disclosed({Role.PARQUET, Role.GUEST}, Stage.RETAINED, Sharing.SEATS)
    parquet, guest = (disclosed([role], Stage.RETAINED, Sharing.SEATS) for role in (Role.PARQUET, Role.GUEST))
    assert both == parquet | guest
    assert parquet != both != guest


@pytest.mark.parametrize(
    "field", [Field.REPORTER, Field.FACTS_TO_REVIEW, Field.REPRESENTATIVES_CONTACT, Field.DECISION]
)
def test_the_author_and_what_is_not_reviewed_are_for_the_coordinator_only(field: Field) -> None:
    readers = {
        role for role in Role for stage in Stage for sharing in Sharing if field in disclosed([role], stage, sharing)
    }
    assert readers == {Role.COORDINATOR}


@pytest.mark.parametrize("category", RecipientCategory)
def test_what_leaves_is_written_here_a_second_time(category: RecipientCategory) -> None:
    protection = {
        Field.IDENTITY,
        Field.ADDRESS,
        Field.REPRESENTATIVES,
        Field.REPRESENTATIVES_CONTACT,
        Field.MOTIVES,
        Field.FACTS,
    }
    protects = category in {RecipientCategory.CRIP, RecipientCategory.SOCIAL_SERVICES}
    assert LEAVING[category] == (protection if protects else {Field.IDENTITY, Field.REPRESENTATIVES_CONTACT})
    never = {
        Field.REPORTER,
        Field.ORIGIN,
        Field.FACTS_TO_REVIEW,
        Field.QUALIFICATION,
        Field.PARQUET_ANSWER,
        Field.EXITS,
    }
    assert not LEAVING[category] & never
