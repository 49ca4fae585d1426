"""What an endpoint asks of a request: its unit of work, its form, its declared action.

Every route declares what it does, with `acts(Action…)` or `open_to(…)`: a test walks every router.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.params import Depends as Dependency

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


def house_of(request: Request) -> House:
    """Give what the process holds."""
    house: House = request.app.state.house
    return house


def work(request: Request) -> Iterator[UnitOfWork]:
    """Open the request's unit of work, as the person who makes it; committed before the answer is sent."""
    identify: Identify = request.app.state.identify
    with house_of(request).transaction() as uow:
        identified = identify(uow, request)
        request.state.identified = identified
        uow.enter(identified.actor)
        if request.state.signed_in_only and identified.actor.account is None:
            raise SignInRequired
        yield uow


Work = Annotated[UnitOfWork, Depends(work, scope="function")]
"""The unit of work of a request: function scope, or the commit would come after the answer (trap 1)."""


def acts(action: Action) -> Dependency:
    """Declare that a route does an action, for somebody signed in; the gate decides for whom."""

    def declare(request: Request) -> None:
        request.state.action = action
        request.state.signed_in_only = True

    declare.action = action  # type: ignore[attr-defined]  # read by the test that walks the routers
    return _declared(declare)


def open_to(who: str) -> Dependency:
    """Declare that a route protects no row, and say for whom it is, in French."""

    def declare(request: Request) -> None:
        request.state.action = None
        request.state.signed_in_only = False

    declare.open_to = who  # type: ignore[attr-defined]  # the same
    return _declared(declare)


def _declared(declare: Callable[[Request], None]) -> Dependency:
    declared: Dependency = Depends(declare)
    return declared
