"""A picture of every kind of page, at three widths, light and dark, compared with what was last accepted.

A reference is not a picture: a thousand pictures weigh 130 MB and change with the day of the demonstration. It is a
grid of grey levels, one hexadecimal digit a square, in one text file (docs/decisions/0020-chaque-page.md).
`make screenshots` writes the pictures and compares them, `make screenshots ACCEPT=1` accepts them.
"""

import re
import shutil
import sys
import tempfile
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from tests.support.browser import launch
from tests.support.crawl import Crawl, Visit, crawled
from tests.support.demo_server import make_demo, served_copy
from tests.support.markup import kind_of
from tests.support.tree import ROOT

WIDTHS = (320, 1280, 1920)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
HEIGHT = 900

REFERENCES = ROOT / "tests" / "browser" / "references.txt"
PICTURES = ROOT / "build" / "screenshots"

OF_EACH_PERSON = {"/", "/situations/{reference}", "/reunions/{reference}"}
"""Addresses where each person sees a page of their own."""

COLUMNS, ROWS = 16, 24
"""Squares of a grid: a block that moves, goes or changes colour shows; a name or a date does not."""

DIFFERENT_SQUARE = 2
"""Levels of grey, of sixteen, from which a square counts as different."""

TOLERANCE = 0.12
"""Share of the squares that may differ, and of the height: lists grow and shorten with the day of the demonstration."""

LISTEN = """() => {
  window.refused = [];
  document.addEventListener("securitypolicyviolation", (event) => window.refused.push(event.violatedDirective));
}"""

SHRINK = """async ([picture, columns, rows]) => {
  const image = await createImageBitmap(await (await fetch(`data:image/jpeg;base64,${picture}`)).blob());
  const canvas = new OffscreenCanvas(columns, rows);
  const drawing = canvas.getContext("2d");
  drawing.imageSmoothingQuality = "high";
  drawing.drawImage(image, 0, 0, columns, rows);
  const { data } = drawing.getImageData(0, 0, columns, rows);
  const grey = (at) => Math.floor((data[4 * at] * 3 + data[4 * at + 1] * 6 + data[4 * at + 2]) / 160);
  const levels = Array.from({ length: columns * rows }, (_, at) => Math.min(15, grey(at)).toString(16));
  return [image.height, levels.join("")];
}"""


@dataclass(frozen=True, slots=True)
class Subject:
    """A page to look at: its name in the references, who sees it, and where."""

    name: str
    who: str
    path: str


@dataclass(frozen=True, slots=True)
class Grid:
    """A picture made small: its height in pixels, and its squares from the top."""

    height: int
    squares: str


@dataclass(slots=True)
class Gallery:
    """What was seen: the grids by picture, what the browser complained of, and the first paints in milliseconds."""

    grids: dict[str, Grid] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    paints: list[tuple[float, str]] = field(default_factory=list)


def subjects(seen: Crawl) -> tuple[Subject, ...]:
    """Choose one page of each kind, the fullest, and the first page of everybody."""
    chosen: dict[str, Visit] = {}
    for visit in seen.visits:
        name = name_of(visit)
        if name not in chosen or len(visit.text) > len(chosen[name].text):
            chosen[name] = visit
    return tuple(Subject(name, visit.who, visit.path) for name, visit in sorted(chosen.items()))


def name_of(visit: Visit) -> str:
    """Name the kind of a page: its address without what makes many of one, and who sees it where each sees another."""
    path, _, query = kind_of(visit.path).partition("?")
    group = re.sub(r"&?(apres|avant|annee)=[^&]*", "", query)
    person = visit.who.partition("@")[0] if path in OF_EACH_PERSON else ""
    return re.sub(r"[^a-z0-9]+", "-", f"{path if path != '/' else 'accueil'}-{group}-{person}".lower()).strip("-")


def differs(before: Grid, after: Grid) -> bool:
    """Tell whether a page no longer looks as it did, beyond what another day of the demonstration changes."""
    if abs(before.height - after.height) > TOLERANCE * max(before.height, after.height):
        return True
    pairs = zip(before.squares, after.squares, strict=True)
    return sum(abs(int(a, 16) - int(b, 16)) >= DIFFERENT_SQUARE for a, b in pairs) > TOLERANCE * len(before.squares)


def read_references(file: Path = REFERENCES) -> dict[str, Grid]:
    """Read what was accepted: a line a picture, its name, its height, its squares."""
    lines = (line.split() for line in file.read_text(encoding="utf-8").splitlines())
    return {name: Grid(int(height), squares) for name, height, squares in lines}


def write_references(grids: Mapping[str, Grid], file: Path = REFERENCES) -> None:
    """Accept what was seen."""
    lines = (f"{name} {grid.height} {grid.squares}\n" for name, grid in sorted(grids.items()))
    file.write_text("".join(lines), encoding="utf-8")


def look(
    browser: Browser,
    address: str,
    cookies: Mapping[str, Mapping[str, str]],
    pages: Sequence[Subject],
    widths: Sequence[int] = WIDTHS,
    schemes: Sequence[Literal["light", "dark"]] = SCHEMES,
    folder: Path | None = None,
) -> Gallery:
    """Open each page once, as the person who sees it, and look at it at every width and in every scheme."""
    gallery = Gallery()
    shrinker = browser.new_page()
    contexts = {who: _context(browser, address, cookies[who]) for who in {page.who for page in pages}}
    for subject in pages:
        page = contexts[subject.who].new_page()
        _listen(page, urlsplit(address).netloc, subject.name, gallery)
        page.goto(subject.path)
        gallery.paints.append((_first_paint(page), subject.name))
        for name, picture in _pictures(page, subject, widths, schemes):
            if folder:
                (folder / f"{name}.jpg").write_bytes(picture)
            height, squares = shrinker.evaluate(SHRINK, [b64encode(picture).decode(), COLUMNS, ROWS])
            gallery.grids[name] = Grid(height, squares)
        gallery.complaints += [f"{subject.name}: refused by the policy: {rule}" for rule in page.evaluate("refused")]
        page.close()
    for context in contexts.values():
        context.close()
    shrinker.close()
    return gallery


def _context(browser: Browser, address: str, cookies: Mapping[str, str]) -> BrowserContext:
    context = browser.new_context(base_url=address, reduced_motion="reduce")
    context.add_init_script(f"({LISTEN})()")
    context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
    return context


def _listen(page: Page, host: str, name: str, gallery: Gallery) -> None:
    def hear(message: ConsoleMessage) -> None:
        gallery.complaints.append(f"{name}: {message.text}")

    def watch(request: Request) -> None:
        if urlsplit(request.url).netloc != host:
            gallery.complaints.append(f"{name}: asked {urlsplit(request.url).netloc}")

    page.on("console", hear)
    page.on("request", watch)
    page.on("pageerror", lambda error: gallery.complaints.append(f"{name}: {error}"))


def _first_paint(page: Page) -> float:
    paint: float = page.evaluate(
        "performance.getEntriesByName('first-contentful-paint').map((entry) => entry.startTime)[0] ?? 0"
    )
    return paint


def _pictures(
    page: Page, subject: Subject, widths: Sequence[int], schemes: Sequence[Literal["light", "dark"]]
) -> Iterator[tuple[str, bytes]]:
    for width in widths:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        for scheme in schemes:
            page.emulate_media(color_scheme=scheme)
            yield f"{subject.name}-{width}-{scheme}", page.screenshot(full_page=True, type="jpeg", quality=75)


def changed(before: Mapping[str, Grid], after: Mapping[str, Grid]) -> dict[str, str]:
    """Say of each picture that is not as it was accepted what is different of it."""
    said = dict.fromkeys(before.keys() - after.keys(), "n'est plus là")
    said |= dict.fromkeys(after.keys() - before.keys(), "est nouvelle")
    said |= {name: "a changé" for name in before.keys() & after.keys() if differs(before[name], after[name])}
    return dict(sorted(said.items()))


def look_at_everything(folder: Path) -> Gallery:
    """Make a demonstration, and look at every page of it into a folder."""
    with tempfile.TemporaryDirectory() as made, launch() as browser:
        data = make_demo(Path(made) / "made")
        with served_copy(data, Path(made) / "served") as address:
            seen = crawled(address)
            return look(browser, address, seen.cookies, subjects(seen), folder=folder)


def main(*, accept: bool) -> int:
    """Look at every page; say what changed and what the browser complained of; give the exit status."""
    before = PICTURES / "avant"
    shutil.rmtree(before, ignore_errors=True)
    kept = list(PICTURES.glob("*.jpg"))
    before.mkdir(parents=True)
    for picture in kept:
        picture.rename(before / picture.name)
    gallery = look_at_everything(PICTURES)
    if accept:
        write_references(gallery.grids)
    differences = changed(read_references(), gallery.grids)
    for complaint in gallery.complaints:
        sys.stdout.write(f"{complaint}\n")
    for name, what in differences.items():
        pictures = (path for path in (before / f"{name}.jpg", PICTURES / f"{name}.jpg") if path.is_file())
        sys.stdout.write(f"{name} {what} : {', '.join(path.relative_to(ROOT).as_posix() for path in pictures)}\n")
    times = [milliseconds for milliseconds, _ in gallery.paints]
    sys.stdout.write(
        f"{len(gallery.grids)} images dans {PICTURES.relative_to(ROOT)}, {len(differences)} ont changé. "
        f"Premier affichage : médiane {median(times):.0f} ms, au plus {max(times):.0f} ms.\n"
    )
    return bool(gallery.complaints or differences)


if __name__ == "__main__":
    sys.exit(main(accept="--accept" in sys.argv))
