"""Run in a process of its own: submits a draft and dies at a chosen step, as a power cut would.

python -m tests.support.killed DATA ACCOUNT INSTITUTION DRAFT STEP RANK
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session

from backend.app import open_house
from backend.audit.journal import Journal
from backend.authorization.actor import Actor, Grant
from backend.crypto.keyring import Keyring
from backend.settings import Settings
from backend.signalements.actions import drafts
from backend.signalements.forms import SignalementForm
from policies.vocabulary import Role
from tests.support.typed import COMPLETE

STEPS = (
    ("key drawn", 1),
    ("key durable", 1),
    ("key durable", 2),
    ("before commit", 1),
    ("after commit", 1),
    ("replacement due", 1),
    ("replacement durable", 1),
    ("destructions finished", 1),
    ("sealing", 1),
)
"""Every step of a submission at which the process may die, and which passage through it."""

BEFORE_COMMIT = {"key drawn", "key durable", "before commit"}
"""Steps at which nothing must be found of the submission."""


def main() -> None:
    """Open the house, arm the step, submit."""
    data, account, institution, draft, step, rank = sys.argv[1:]
    house = open_house(Settings(mode="demo", data=Path(data)))
    actor = Actor(UUID(account), UUID(institution), frozenset({Grant(Role.REPORTER, None)}))
    _arm(step, int(rank))
    with house.transaction(actor) as uow:
        drafts.send(uow, draft, SignalementForm.model_validate(COMPLETE))


def _arm(step: str, rank: int) -> None:
    passages = [0]

    def pass_by(*_: object) -> None:
        passages[0] += 1
        if passages[0] == rank:
            os._exit(9)

    if step in _METHODS:
        owner, method, wrap = _METHODS[step]
        setattr(owner, method, wrap(getattr(owner, method), pass_by))
    else:
        sa.event.listen(Session, step.replace(" ", "_"), _on_main(pass_by))


def _before(act: Callable[..., Any], pass_by: Callable[..., None]) -> Callable[..., Any]:
    def wrapped(*given: Any, **named: Any) -> Any:  # noqa: ANN401
        pass_by()
        return act(*given, **named)

    return wrapped


def _after(act: Callable[..., Any], pass_by: Callable[..., None]) -> Callable[..., Any]:
    def wrapped(*given: Any, **named: Any) -> Any:  # noqa: ANN401
        result = act(*given, **named)
        pass_by()
        return result

    return wrapped


def _on_main(pass_by: Callable[..., None]) -> Callable[[Session], None]:
    def listener(session: Session) -> None:
        if str(session.get_bind().engine.url.database).endswith("main.sqlite"):
            pass_by()

    return listener


_METHODS: dict[str, tuple[type, str, Callable[..., Any]]] = {
    "key drawn": (Keyring, "create_subject", _before),
    "key durable": (Keyring, "create_subject", _after),
    "replacement due": (Keyring, "supersede", _before),
    "replacement durable": (Keyring, "supersede", _after),
    "destructions finished": (Keyring, "destroy_subjects", _after),
    "sealing": (Journal, "seal_after_commit", _before),
}


if __name__ == "__main__":
    main()
