"""The schema of a charter is closed: nothing unknown, nothing unsourced, nothing invented."""

import pytest
from pydantic import ValidationError

from policies.charter_rules import CharterRule, ExclusionRule, Rules
from policies.charter_words import Activity, Document
from policies.vocabulary import Origin, Role

RULE = {"statement": "Une règle.", "source": "CEN-32", "document": "contract_2015", "place": "étape 4", "article": ""}


def test_a_signed_article_takes_the_place_of_the_document() -> None:
    assert CharterRule.model_validate(RULE | {"article": "7"}).origin == "charte signée, article 7"


@pytest.mark.parametrize("missing", ["statement", "source", "document", "place", "article"])
def test_a_rule_says_everything_about_itself(missing: str) -> None:
    with pytest.raises(ValidationError, match=missing):
        CharterRule.model_validate({key: value for key, value in RULE.items() if key != missing})


@pytest.mark.parametrize(
    "change, complaint",
    [
        ({"statement": ""}, "at least 1 character"),
        ({"source": "nulle part"}, "the source is"),
        ({"source": "CEN-3"}, "the source is"),
        ({"document": "law", "place": ""}, "the source is"),
        ({"document": "hypothesis"}, "a place is given"),
        ({"place": ""}, "a place is given"),
        ({"document": "law", "source": "code pénal, article 226-13"}, "a place is given"),
        ({"source": "AMB-03"}, "is a hypothesis"),
        ({"document": "wikipedia"}, "contract_2015"),
        ({"delay": 30}, "Extra inputs"),
    ],
)
def test_a_rule_that_does_not_say_where_it_was_read_is_refused(change: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        CharterRule.model_validate(RULE | change)


def test_a_law_is_its_own_origin() -> None:
    law = {"document": "law", "place": "", "source": "code pénal, article 226-13"}
    assert CharterRule.model_validate(RULE | law).origin == "code pénal, article 226-13"


def test_a_decision_on_an_ambiguity_is_shown_as_a_hypothesis() -> None:
    rule = CharterRule.model_validate(RULE | {"document": "hypothesis", "place": "", "source": "AMB-03"})
    assert rule.origin == Document.HYPOTHESIS.label == "hypothèse"


def test_a_charter_without_all_its_rules_or_with_one_more_is_refused() -> None:
    with pytest.raises(ValidationError, match="Field required"):
        Rules.model_validate({})
    with pytest.raises(ValidationError, match="Extra inputs"):
        Rules.model_validate({"quota": RULE})


@pytest.mark.parametrize(
    "roles, origins, closed",
    [
        ((), (), True),
        ((Role.REPORTER,), (), True),
        ((Role.POLICE,), (), False),
        ((), (Origin.LANDLORD,), True),
        ((), (Origin.POLICE,), False),
        ((Role.REPORTER,), (Origin.POLICE,), False),
    ],
)
def test_an_exclusion_needs_every_condition_that_it_states(
    roles: tuple[Role, ...],
    origins: tuple[Origin, ...],
    closed: bool,  # noqa: FBT001
) -> None:
    fields = RULE | {"roles": roles, "origins": origins, "activities": [Activity.READ]}
    rule = ExclusionRule.model_validate(fields)
    assert rule.closes(Role.REPORTER, Origin.LANDLORD, Activity.READ) is closed
    assert not rule.closes(Role.REPORTER, Origin.LANDLORD, Activity.ATTEND)
