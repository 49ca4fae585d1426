"""Pages open to everybody: help, accessibility, legal notices, data protection, site map, components."""

from collections.abc import Callable

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.web.forms import PostedForm
from backend.web.pages import draw, see
from backend.web.requests import Work, open_to

router = APIRouter(include_in_schema=False)

EVERYBODY = "toute personne, connectée ou non"

PAGES = {
    "/aide": ("aide", "Aide"),
    "/accessibilite": ("accessibilite", "Accessibilité"),
    "/mentions-legales": ("mentions_legales", "Mentions légales"),
    "/protection-des-donnees": ("protection_des_donnees", "Protection des données"),
    "/plan-du-site": ("plan_du_site", "Plan du site"),
}
"""Address, template and title of each page."""


def _show(template: str, title: str) -> Callable[[Request, Work], Response]:
    def show(request: Request, _uow: Work) -> Response:
        return draw(request, f"information/{template}.html", title)

    return show


@router.get("/aide/composants", dependencies=[open_to(EVERYBODY)])
def components(request: Request, _uow: Work) -> Response:
    """Show every component of the interface in all its states."""
    return draw(request, "components_page.html", "Composants de l'interface")


@router.post("/aide/composants", dependencies=[open_to(EVERYBODY)])
def tried(_uow: Work, _form: PostedForm) -> Response:
    """Take the samples' forms, and keep nothing."""
    return see("/aide/composants")


for _path, (_template, _title) in PAGES.items():
    router.add_api_route(
        _path, _show(_template, _title), methods=["GET"], dependencies=[open_to(EVERYBODY)], name=_title
    )
