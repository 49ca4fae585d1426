"""Pages: one Jinja environment, one context; a template gets a frozen `page` and the feature's frozen `view`.

Autoescape and StrictUndefined are always on; a title never holds a nominative value, for it ends in the history.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from backend.authorization.actor import ANONYMOUS
from backend.kernel.clock import PARIS, paris_day
from backend.web.navigation import NavigationItem, navigation
from backend.web.requests import Identified, PersonView, house_of
from policies.accessibility import AUDIT
from policies.acronyms import ACRONYMS
from policies.vocabulary import Word

TEMPLATES = Path(__file__).parents[2] / "templates"
STATIC = Path(__file__).parent / "static"

NOTHING: Mapping[str, str] = MappingProxyType({})

MONTHS = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
]


WEEKDAYS = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"]


@dataclass(frozen=True, slots=True)
class Page:
    """What every template knows of the page it draws."""

    title: str
    demo: bool
    navigation: tuple[NavigationItem, ...]
    person: PersonView | None
    csrf: str
    notice: str | None
    errors: Mapping[str, str]


@cache
def environment() -> Environment:
    """Give the Jinja environment, built once per process: templates do not change while it runs."""
    jinja = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    fingerprints = {
        path.relative_to(STATIC).as_posix(): sha256(path.read_bytes()).hexdigest()[:12]
        for path in STATIC.rglob("*")
        if path.is_file()
    }
    jinja.globals["asset"] = lambda name: f"/static/{name}?v={fingerprints[name]}"
    jinja.globals["accessibility"] = AUDIT
    jinja.globals["acronyms"] = ACRONYMS
    jinja.filters["label"] = label
    jinja.filters["day"] = french_day
    jinja.filters["weekday"] = french_weekday
    jinja.filters["instant"] = french_instant
    return jinja


def french_weekday(iso: str) -> str:
    """Write a day with its name, from its ISO form: « jeudi 3 décembre 2026 »."""
    day = date.fromisoformat(iso[:10])
    return f"{WEEKDAYS[day.weekday()]} {french_day(day)}"


def label(word: Word) -> str:
    """Give the French label of a closed value."""
    return word.label


def french_day(day: date | datetime) -> str:
    """Write a day in words: « 1er mars 2026 »."""
    if isinstance(day, datetime):
        day = paris_day(day)
    return f"{'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {day.year}"


def french_instant(instant: datetime) -> str:
    """Write an instant in words, in Paris time: « 1er mars 2026 à 9 h 05 »."""
    local = instant.astimezone(PARIS)
    return f"{french_day(instant)} à {local.hour} h {local.minute:02}"


def in_words(day: date, today: date) -> str:
    """Say how far a deadline is: « aujourd'hui », « dans 3 jours », « en retard de 2 jours »."""
    days = (day - today).days
    if days == 0:
        return "aujourd'hui"
    if abs(days) == 1:
        return "demain" if days == 1 else "en retard d'un jour"
    return f"dans {days} jours" if days > 0 else f"en retard de {-days} jours"


def draw(
    request: Request,
    template: str,
    title: str,
    view: object = None,
    *,
    status: int = 200,
    errors: Mapping[str, str] = NOTHING,
    notice: str | None = None,
) -> HTMLResponse:
    """Draw a page; `errors` are the fields' sentences, `notice` says what was just done."""
    identified: Identified = getattr(request.state, "identified", Identified(ANONYMOUS, None, ""))
    page = Page(
        title=title,
        demo=house_of(request).settings.mode == "demo",
        navigation=navigation(identified.actor, request.url.path),
        person=identified.person,
        csrf=identified.csrf,
        notice=notice,
        errors=errors,
    )
    jinja: Environment = request.app.state.jinja
    return HTMLResponse(jinja.get_template(template).render(page=page, view=view), status)


def see(path: str) -> Response:
    """Send the browser to a page after a change (303), so that going back or reloading repeats nothing."""
    return RedirectResponse(path, 303)
