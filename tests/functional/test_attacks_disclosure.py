"""What the parquet could guess from around what it reads."""

from tests.support.cast import Cast
from tests.support.http import words_of
from tests.support.journeys import answered, qualified, sent, transmitted


def test_the_parquet_does_not_learn_of_a_danger_from_the_coordinator_s_answer(cast: Cast) -> None:
    danger, none = sent(cast, qualification="danger"), sent(cast, last_name="Ba")
    qualified(cast, danger.situation, concern_answer="no")
    qualified(cast, none.situation)
    transmitted(cast, danger.situation, none.situation)
    for _ in ("before the answer", "not retained"):
        sheets = [cast.program("parquet_13").get(f"/api/v1/situations/{done.situation}") for done in (danger, none)]
        assert [sheet.json()["content"]["situation"]["concern_answer"] for sheet in sheets] == [None, None]
        page = words_of(cast.browser("parquet_13").get(f"/situations/{danger.situation}"))
        assert "Information préoccupante :" not in page
        answered(cast, {danger.situation: "not_retained", none.situation: "not_retained"})
    sheet = cast.program("coordinator_13").get(f"/api/v1/situations/{danger.situation}").json()
    assert sheet["content"]["situation"]["concern_answer"] == "no"


def test_the_parquet_does_not_learn_that_there_is_a_text_that_it_may_not_read(cast: Cast) -> None:
    told, silent = sent(cast), sent(cast, last_name="Ba", facts="")
    for done in (told, silent):
        qualified(cast, done.situation)
    transmitted(cast, told.situation, silent.situation)
    for done in (told, silent):
        sheet = cast.program("parquet_13").get(f"/api/v1/situations/{done.situation}").json()
        assert [row["facts_state"] for row in sheet["content"]["signalements"]] == [None]
