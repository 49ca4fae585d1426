"""The journeys of steps 1 to 2 as people make them, through HTTP: signal, qualify, send to the parquet, answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa
from httpx2 import Response
from sqlmodel import col

from backend.agenda.actions.convening import convene
from backend.agenda.actions.planning import plan
from backend.agenda.actions.preparing import fill
from backend.agenda.forms import PlanForm
from backend.kernel.database import MainRow
from backend.members.models import Account
from backend.signalements.models import Receipt, Signalement
from backend.situations.models import Situation
from policies.retention_words import RecordCategory
from tests.support.cast import Cast
from tests.support.http import Values, forms_of

START: Mapping[str, Values] = {
    "immediate_danger": "non",
    "school_offence": "non",
    "radicalisation": "non",
    "residence": "known",
    "arrondissement": "13",
}
"""Answers to the first questions that lead to the cell of the 13e."""

TYPED: Mapping[str, Values] = {
    "last_name": "Durand",
    "first_name": "Élodie",
    "birth_date": "16/03/2010",
    "sex": "female",
    "quartier": "49",
    "address": "12 rue du Moulin",
    "school": "Collège des Peupliers",
    "school_level": "middle",
    "representative_name": "Durand Martine",
    "representative_contact": "06 39 98 12 34",
    "qualification": "infra_delinquency",
    "motives": ("MOT-02", "MOT-05"),
    "necessity_mot_05": "repeated",
    "facts_from": "01/10/2026",
    "facts_until": "20/11/2026",
    "periods": ("evening", "night"),
    "place_kinds": ("street",),
    "place": "Square du Puits",
    "steps": ("talked_family",),
    "insufficiencies": ("no_support",),
    "facts": "Vue seule le soir.\nDeux fois en une semaine.",
}
"""A complete form, as somebody types it."""

BODY: Mapping[str, object] = {
    "immediate_danger": False,
    "school_offence": False,
    "radicalisation": False,
    "residence": "known",
    "arrondissement": 13,
    "last_name": "Durand",
    "first_name": "Élodie",
    "birth_date": "2010-03-16",
    "sex": "female",
    "quartier": 49,
    "address": "12 rue du Moulin",
    "school": "Collège des Peupliers",
    "school_level": "middle",
    "representative_name": "Durand Martine",
    "representative_contact": "06 39 98 12 34",
    "qualification": "infra_delinquency",
    "motives": ["MOT-02", "MOT-05"],
    "necessity_mot_05": "repeated",
    "place": "Square du Puits",
    "steps": ["talked_family"],
    "insufficiencies": ["no_support"],
    "facts": "Vue seule le soir.",
}
"""The same in JSON."""

AGREEMENT: Mapping[str, Values] = {
    "number": "2026-41",
    "issued_on": "02/01/2026",
    "authority": "Archives de Paris",
    "file_sha256": "ab" * 32,
    "categories": [category.value for category in RecordCategory],
}
"""An elimination agreement for every category, as the archivist copies it."""

SIGNALEMENTS = "/api/v1/signalements"


@dataclass(frozen=True, slots=True)
class Sent:
    """A signalement sent: the receipt that its author has, the situation that it opened."""

    receipt: str
    situation: str


def drafted(cast: Cast, who: str = "reporter", **answers: Values) -> str:
    """Answer the first questions, and give the address of the draft."""
    answer = cast.browser(who).send("/signalements/nouveau", {**START, **answers})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def sent(cast: Cast, who: str = "reporter", **typed: Values) -> Sent:
    """Fill the form and send it; `residence` and `arrondissement` belong to the first questions."""
    answers = {name: typed.pop(name) for name in ("residence", "arrondissement") if name in typed}
    address = drafted(cast, who, **answers)
    answer = cast.browser(who).send(address, {**TYPED, **typed, "act": "send"})
    assert answer.status_code == 303, answer.text
    return opened_by(cast, answer.headers["location"].removeprefix("/recepisses/"))


def opened_by(cast: Cast, receipt: str) -> Sent:
    """Give the situation that a receipt's signalement stands in now."""
    statement = (
        sa.select(col(Situation.reference))
        .join(Signalement, col(Signalement.situation_id) == col(Situation.id))
        .join(Receipt, col(Receipt.id) == col(Signalement.receipt_id))
        .where(col(Receipt.reference) == receipt)
    )
    with cast.house.transaction(cast.everywhere()) as uow:
        return Sent(receipt, uow.session.scalars(statement).one())


def decided(
    cast: Cast, situation: str, decision: str, fields: Mapping[str, Values], who: str = "coordinator_13"
) -> Response:
    """Open the page of a decision, fill it and send it."""
    return cast.browser(who).send(f"/situations/{situation}/{decision}", fields)


def qualified(cast: Cast, situation: str, **fields: Values) -> Response:
    """Declare a situation admissible, or what the fields say."""
    return decided(cast, situation, "qualification", {"admissible": "oui", **fields})


def transmitted(cast: Cast, *situations: str) -> Response:
    """Send admissible situations to the parquet, from the coordinator's list."""
    return cast.browser("coordinator_13").send(
        "/situations?groupe=a-transmettre", {"references": situations}, "/situations/transmission-parquet"
    )


def answered(cast: Cast, answers: Mapping[str, str]) -> Response:
    """Answer for the parquet on the page of the filter."""
    fields = {f"answer-{situation}": answer for situation, answer in answers.items()}
    return cast.browser("parquet_13").send("/parquet", fields)


def at_parquet(cast: Cast, **typed: Values) -> Sent:
    """Bring a signalement to the parquet."""
    done = sent(cast, "reporter", **typed)
    assert qualified(cast, done.situation).status_code == 303
    assert transmitted(cast, done.situation).status_code == 303
    return done


def problem(answer: Response) -> dict[str, Any]:
    """Give the problem details of an answer, whose shape is checked (RFC 9457)."""
    assert answer.headers["content-type"] == "application/problem+json"
    found: dict[str, Any] = answer.json()
    assert found.keys() - {"errors"} == {"type", "title", "status", "detail"}
    assert found["status"] == answer.status_code
    assert found["type"].startswith("urn:cenacle:")
    return found


def rows(cast: Cast) -> dict[str, list[tuple[object, ...]]]:
    """Give every row of `main` as the file holds it, by table, for a test that compares before and after."""
    with cast.house.stores.main.transaction() as session:
        return {
            name: sorted((tuple(row) for row in session.execute(sa.text(f"SELECT * FROM {name}"))), key=repr)
            for name in MainRow.metadata.tables
        }


def retained(cast: Cast, **typed: Values) -> str:
    """Bring a signalement to the parquet, which retains it; give its situation."""
    situation = at_parquet(cast, **typed).situation
    assert answered(cast, {situation: "retained"}).status_code == 303
    return situation


def opened(cast: Cast, *situations: str) -> Response:
    """Open retained situations to the seats, from the coordinator's list."""
    return cast.browser("coordinator_13").send(
        "/situations?groupe=a-ouvrir", {"references": situations}, "/situations/ouverture-recherche"
    )


def in_research(cast: Cast, **typed: Values) -> str:
    """Bring a signalement to research; give its situation."""
    situation = retained(cast, **typed)
    assert opened(cast, situation).status_code == 303
    return situation


def prepared(cast: Cast, situation: str, who: str = "police_13", **fields: Values) -> Response:
    """Prepare a situation as a member."""
    return cast.browser(who).send(f"/situations/{situation}/recherche", {"value": "nothing", **fields})


def meeting_on(cast: Cast, day: date) -> str:
    """Plan an ordinary meeting of the 13e on a day; give its reference."""
    with cast.house.transaction(cast.actor("coordinator_13")) as uow:
        quarter = {1: "first", 4: "second"}[day.month]
        cells = (cast.cells["13"].reference,)
        shape = {"cells": cells, "hour": time(9, 30), "place": "Salle des mariages", quarter: day}
        return plan(uow, PlanForm.model_validate(shape))[0].reference


def convened(cast: Cast, meeting: str) -> None:
    """Fill an agenda, then convene the meeting."""
    with cast.house.transaction(cast.actor("coordinator_13")) as uow:
        fill(uow, meeting, None)
        convene(uow, meeting, None)


def on_the_day(cast: Cast, day: date) -> None:
    """Let time pass to nine in the morning of a day."""
    cast.pass_time(datetime.combine(day, time(9, 0), cast.clock().tzinfo) - cast.clock())


def guest_reference(cast: Cast, who: str = "guest_13") -> str:
    """Give the reference of the account of a head of school, as the form of the invitation names it."""
    with cast.house.stores.main.transaction() as session:
        return session.get_one(Account, cast.people[who].id).reference


def agreed(cast: Cast, **typed: Values) -> None:
    """Let the archivist enter an elimination agreement for the 13e, and the DPO confirm it."""
    entered = cast.browser("archivist").send(f"/cellules/{cast.cells['13'].reference}/accords", {**AGREEMENT, **typed})
    assert entered.status_code == 303, entered.text
    dpo = cast.browser("dpo")
    [action] = [form.action for form in forms_of(dpo.get("/actes")) if form.action.startswith("/actes/")]
    assert dpo.send("/actes", {"decision": "confirm"}, action).status_code == 303
