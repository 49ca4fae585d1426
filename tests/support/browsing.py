"""Somebody's browser in front of the whole application, without JavaScript: cookies, forms, no redirect followed."""

from dataclasses import dataclass

from httpx2 import Response
from starlette.testclient import TestClient

from backend.app import create_app
from backend.authorization.work import House
from backend.web.session import csrf_token
from tests.support.people import PASSWORD, Someone, code_of, enter

ADDRESS = "http://127.0.0.1:8000"


@dataclass(slots=True)
class Browser:
    """Somebody's browser: keeps cookies, carries the token of its forms back, says where a form comes from."""

    client: TestClient

    def get(self, path: str) -> Response:
        """Open a page."""
        return self.client.get(path)

    def post(self, path: str, **fields: str) -> Response:
        """Send a form."""
        token = csrf_token(self.cookie)
        headers = {"Sec-Fetch-Site": "same-origin", "Origin": str(self.client.base_url).rstrip("/")}
        return self.client.post(path, data={"csrf": token, **fields}, headers=headers)

    @property
    def cookie(self) -> str:
        """Give the secret that the cookie holds."""
        return next((value for name, value in self.client.cookies.items() if name.endswith("cenacle")), "")

    def sign_in(self, email: str, code: str, password: str = PASSWORD) -> Response:
        """Take both steps of the sign-in."""
        self.post("/connexion", email=email, password=password, next="/compte")
        return self.post("/connexion/code", code=code, next="/compte")


def browser(house: House, address: str = ADDRESS) -> Browser:
    """Open a browser on an application of its own."""
    return Browser(TestClient(create_app(house), base_url=address, follow_redirects=False))


def signed_in(house: House, person: Someone) -> Browser:
    """Open a browser in which somebody has signed in."""
    somebody = browser(house)
    assert somebody.sign_in(person.email, code_of(house, person)).headers["Location"] == "/compte"
    return somebody


def entered(house: House, person: Someone) -> Browser:
    """Open a browser that holds somebody's session, without the cost of the sign-in."""
    somebody = browser(house)
    somebody.client.cookies.set("cenacle", enter(house, person), domain="127.0.0.1", path="/")
    return somebody
