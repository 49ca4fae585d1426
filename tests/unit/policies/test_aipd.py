"""The impact assessment: whole, true to the repository, and in the shape that the CNIL's tool imports (R28).

The shape is that of LINCnil/pia: `importData` of its `pia.service.ts`, and its own fixture `cypress/fixtures/pia.json`.
"""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from policies.aipd import QUESTIONS, SECTIONS, Assessment, RiskKind, assessment, pia
from policies.closed import read_toml
from policies.retention import rules
from tests.support.documents import DOCUMENTS
from tests.support.tree import ROOT

AT = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
EXPORTED: dict[str, Any] = json.loads(json.dumps(pia(AT)))


def test_a_file_has_what_the_tool_reads_and_nothing_that_it_evaluates() -> None:
    assert set(EXPORTED) == {"pia", "answers", "measures", "evaluations", "comments"}
    assert EXPORTED["evaluations"] == EXPORTED["comments"] == []
    assert {"name", "category", "author_name", "evaluator_name", "validator_name", "created_at"} <= set(EXPORTED["pia"])
    assert (EXPORTED["pia"]["status"], EXPORTED["pia"]["structure_id"]) == (0, "")


def test_every_question_of_the_tool_is_answered_once_in_its_own_way() -> None:
    answers = {answer["reference_to"]: answer["data"] for answer in EXPORTED["answers"]}
    assert len(answers) == len(EXPORTED["answers"]) == len(QUESTIONS) + 18
    assert set(answers) == {*QUESTIONS, *(first + rank for first in SECTIONS.values() for rank in range(1, 7))}
    for reference, data in answers.items():
        assert set(data) == {"text", "gauge", "list"}
        if reference in QUESTIONS:
            assert data["text"].startswith("<p>")
            assert (data["gauge"], data["list"]) == (None, [])
        elif reference % 10 <= 4:
            assert data["list"]
            assert (data["text"], data["gauge"]) == (None, None)
        else:
            assert data["gauge"] in {1, 2, 3, 4}
            assert data["text"]


def test_a_risk_names_measures_by_the_title_that_the_tool_shows() -> None:
    titles = {measure["title"] for measure in EXPORTED["measures"]}
    for first in SECTIONS.values():
        [named] = [answer["data"]["list"] for answer in EXPORTED["answers"] if answer["reference_to"] == first + 4]
        assert set(named) <= titles


def test_identifiers_are_distinct_and_instants_are_read_by_a_browser() -> None:
    for name in ("answers", "measures"):
        identifiers = [row["id"] for row in EXPORTED[name]]
        assert identifiers == list(range(1, len(identifiers) + 1))
        assert all(row["created_at"] == "2026-11-30T08:00:00+00:00" for row in EXPORTED[name])


def test_every_measure_names_files_that_exist() -> None:
    for measure in assessment().measures:
        assert [path for path in measure.enforced if not (ROOT / path).is_file()] == [], measure.title
        assert any(path.startswith("tests/") for path in measure.enforced), measure.title


def test_every_measure_serves_against_some_risk_but_what_watches_over_all() -> None:
    used = {title for risk in assessment().risks for title in risk.measures}
    assert {measure.title for measure in assessment().measures} == used


def test_the_record_has_every_duration_and_every_right_has_its_measure() -> None:
    record = DOCUMENTS["docs/registre.md"]()
    assert all(rule.kind.label in record for rule in rules())
    written = DOCUMENTS["docs/aipd.md"]()
    assert "À compléter" in written
    assert all(kind.label in written.lower() for kind in RiskKind)


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        pia(datetime(2026, 11, 30, 8, 0))  # noqa: DTZ001  the very thing that is refused


def test_a_file_that_is_not_whole_is_refused() -> None:
    whole: dict[str, Any] = read_toml("aipd.toml")
    cut = {**whole, "answers": whole["answers"][1:]}
    unweighed = {**whole, "risks": whole["risks"][1:]}
    invented = {**whole, "measures": whole["measures"][1:]}
    for broken in (cut, unweighed, invented, {**whole, "autre": 1}):
        with pytest.raises(ValidationError):
            Assessment.model_validate(broken)
