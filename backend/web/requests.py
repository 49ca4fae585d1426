"""What an endpoint asks of a request: its unit of work and its declared action.

Every route declares what it does, with `acts(Action…)` or `open_to(…)`: a test walks every router.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request

from backend.authorization.actor import Actor
from backend.authorization.work import House, UnitOfWork
from backend.kernel.errors import SignInRequired
from policies.access import Action


@dataclass(frozen=True, slots=True)
class PersonView:
    """Who is signed in, for the head of the page."""

    name: str
    institution: str
    roles: str


@dataclass(frozen=True, slots=True)
class Identified:
    """Who makes a request; `csrf` is the token that this person's forms must carry back."""

    actor: Actor
    person: PersonView | None
    csrf: str


Identify = Callable[[UnitOfWork, Request], Identified]
"""Reads the session's cookie or the bearer token; `members` owns it, `app` wires it."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a route does: an action on protected rows, for somebody signed in, or for whom it is open and why."""

    action: Action | None
    open_to: str | None

    def __call__(self, request: Request) -> None:
        """Tell the request, before its unit of work opens."""
        request.state.declaration = self


def acts(action: Action) -> Any:  # noqa: ANN401  FastAPI's own Depends gives Any
    """Declare that a route does an action, for somebody signed in; the gate decides for whom."""
    return Depends(Declaration(action, None))


def open_to(who: str) -> Any:  # noqa: ANN401
    """Declare that a route protects no row, and say in French for whom it is open."""
    return Depends(Declaration(None, who))


def house_of(request: Request) -> House:
    """Give what the process holds."""
    house: House = request.app.state.house
    return house


def work(request: Request) -> Iterator[UnitOfWork]:
    """Open the request's unit of work, as the person who makes it; committed before the answer is sent."""
    identify: Identify = request.app.state.identify
    declaration: Declaration = request.state.declaration
    with house_of(request).transaction() as uow:
        identified = identify(uow, request)
        request.state.identified = identified
        uow.enter(identified.actor)
        if declaration.open_to is None and identified.actor.account is None:
            raise SignInRequired
        yield uow


Work = Annotated[UnitOfWork, Depends(work, scope="function")]
"""The unit of work of a request: function scope, or the commit would come after the answer (trap 1)."""
