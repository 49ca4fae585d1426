"""What is not listed is not shown (domain.md section 2), written a second time by hand."""

import pytest

from policies.access import WITH_COORDINATOR, WITH_PARQUET
from policies.disclosure import Field, disclosed
from policies.vocabulary import Role, Stage

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


@pytest.mark.parametrize("stage", Stage)
def test_the_coordinator_reads_everything_of_what_is_still_the_cell_s(stage: Stage) -> None:
    expected = set(Field) if stage in WITH_COORDINATOR else set()
    assert disclosed([Role.COORDINATOR], stage) == expected


def test_the_parquet_reads_what_its_filter_needs_then_as_a_seat_and_only_a_name_of_the_not_retained() -> None:
    assert disclosed([Role.PARQUET], Stage.WITH_PARQUET) == {
        Field.IDENTITY,
        Field.ADDRESS,
        Field.REPRESENTATIVES,
        Field.MOTIVES,
        Field.CIRCUMSTANCES,
    }
    assert disclosed([Role.PARQUET], Stage.RETAINED) == SEAT | {Field.PARQUET_ANSWER}
    assert disclosed([Role.PARQUET], Stage.NOT_RETAINED) == {Field.IDENTITY, Field.PARQUET_ANSWER}
    for stage in set(Stage) - WITH_PARQUET:
        assert disclosed([Role.PARQUET], stage) == frozenset()


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.COORDINATOR, Role.PARQUET}])
def test_nobody_else_reads_anything_before_research_opens(role: Role) -> None:
    assert {disclosed([role], stage) for stage in Stage} == {frozenset()}


def test_who_holds_no_role_in_the_cell_reads_nothing() -> None:
    assert {disclosed([], stage) for stage in Stage} == {frozenset()}


def test_two_roles_read_what_each_of_them_reads() -> None:
    both = disclosed({Role.PARQUET, Role.POLICE}, Stage.RETAINED)
    assert both == disclosed([Role.PARQUET], Stage.RETAINED) | disclosed([Role.POLICE], Stage.RETAINED)


@pytest.mark.parametrize(
    "field", [Field.REPORTER, Field.FACTS_TO_REVIEW, Field.REPRESENTATIVES_CONTACT, Field.DECISION]
)
def test_the_author_and_what_is_not_reviewed_are_for_the_coordinator_only(field: Field) -> None:
    assert {role for role in Role for stage in Stage if field in disclosed([role], stage)} == {Role.COORDINATOR}
