"""Some routers of the product behind its own boundary and refusals, for somebody given: sign-in is tested elsewhere."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from fastapi import APIRouter, FastAPI, Request
from starlette.responses import Response
from starlette.testclient import TestClient

from backend.authorization.actor import ANONYMOUS, Actor
from backend.authorization.work import House, UnitOfWork
from backend.kernel.errors import Refusal
from backend.web import problems
from backend.web.boundary import Boundary
from backend.web.pages import environment
from backend.web.requests import Identified, PersonView

ORIGIN = "http://127.0.0.1:8000"
CSRF = "jeton-de-la-session"


@dataclass(slots=True)
class Served:
    """A browser in front of the routers; `actor` is who sits there."""

    house: House
    client: TestClient = field(init=False)
    actor: Actor = ANONYMOUS

    def get(self, path: str) -> tuple[int, str]:
        """Open a page: its status and its text."""
        response = self.client.get(path)
        return response.status_code, response.text

    def post(self, path: str, csrf: str = CSRF, **fields: object) -> tuple[int, str]:
        """Send a form: its status, and where it leads or the page it draws again."""
        response = self.client.post(path, data={"csrf": csrf} | {name: str(text) for name, text in fields.items()})
        return response.status_code, response.headers.get("location", response.text)

    def identify(self, _uow: UnitOfWork, _request: Request) -> Identified:
        """Say who sits there."""
        person = PersonView("Personne d'essai", "Institution d'essai", "") if self.actor.account else None
        return Identified(self.actor, person, CSRF)


def serve(house: House, routers: Iterable[APIRouter]) -> Served:
    """Serve some routers of a house."""
    served = Served(house)
    app = FastAPI()
    app.state.house, app.state.jinja, app.state.identify = house, environment(), served.identify
    for router in routers:
        app.include_router(router)
    problems.install(app)

    def answer(request: Request, refusal: Refusal) -> Response:
        return problems.answer(request, refusal)

    boundary = Boundary(app, slots=2, origins=frozenset({ORIGIN}), answer=answer, on_fault=problems.on_fault)
    served.client = TestClient(boundary, base_url=ORIGIN, headers={"origin": ORIGIN}, follow_redirects=False)
    return served
