"""The stylesheet and the script: weight, what they may not hold, contrast of the tokens (RGAA 3.2, 3.3)."""

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[3] / "backend" / "web" / "static"
CSS = (STATIC / "cenacle.css").read_text(encoding="utf-8")
JS = (STATIC / "cenacle.js").read_text(encoding="utf-8")
SCRIPTS = {path.name: path.read_text(encoding="utf-8") for path in sorted(STATIC.glob("*.js"))}

TEXT, INTERFACE = 4.5, 3.0


def tokens(selector: str) -> dict[str, str]:
    """Give the custom properties of the first block of a selector."""
    block = CSS.split(f"{selector} {{", 1)[1].split("}", 1)[0]
    return dict(re.findall(r"(--[\w-]+): ([^;]+);", block))


THEMES = {
    "light": tokens(':root, [data-theme="light"]'),
    "dark": tokens('  [data-theme="dark"]'),
}


def luminance(colour: str) -> float:
    """Give the relative luminance of a `#rrggbb` colour (WCAG 2.1)."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Give the contrast ratio of two colours, from 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_contrast_of_black_on_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    "ink,papers",
    [
        ("--ink", ("--paper", "--surface", "--sunken", "--brand-soft")),
        ("--ink-soft", ("--paper", "--surface", "--sunken", "--brand-soft")),
        ("--brand", ("--paper", "--surface", "--sunken", "--brand-soft")),
        ("--brand-strong", ("--paper", "--surface", "--brand-soft")),
        ("--on-brand", ("--brand", "--brand-strong", "--danger", "--danger-strong")),
        ("--info", ("--info-soft", "--surface")),
        ("--success", ("--success-soft", "--surface")),
        ("--warning", ("--warning-soft", "--surface", "--paper")),
        ("--danger", ("--danger-soft", "--surface", "--paper")),
        ("--ink", ("--info-soft", "--success-soft", "--warning-soft", "--danger-soft")),
        ("--ink-soft", ("--info-soft", "--success-soft", "--warning-soft", "--danger-soft")),
    ],
)
def test_every_text_colour_is_readable_on_every_surface_it_meets(theme: str, ink: str, papers: tuple[str, ...]) -> None:
    colours = THEMES[theme]
    weak = {paper: round(contrast(colours[ink], colours[paper]), 2) for paper in papers}
    assert {paper: ratio for paper, ratio in weak.items() if ratio < TEXT} == {}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("line", ["--edge", "--focus", "--brand", "--danger"])
def test_edges_and_focus_stand_out_of_every_surface(theme: str, line: str) -> None:
    colours = THEMES[theme]
    for paper in ("--paper", "--surface", "--sunken"):
        assert contrast(colours[line], colours[paper]) >= INTERFACE


def test_the_dark_theme_is_the_same_whether_forced_or_asked_by_the_system() -> None:
    assert tokens(':root:not([data-theme="light"])') == THEMES["dark"]
    assert THEMES["dark"].keys() == THEMES["light"].keys()


def test_every_property_used_is_declared() -> None:
    declared = set(re.findall(r"(--[\w-]+):", CSS))
    assert set(re.findall(r"var\((--[\w-]+)", CSS)) <= declared


def test_every_rule_stands_in_a_declared_layer() -> None:
    order = re.search(r"@layer ([\w, ]+);", CSS)
    assert order
    declared = order[1].split(", ")
    assert re.findall(r"^@layer (\w+) \{", CSS, re.MULTILINE) == declared
    outside = re.sub(r"^@layer \w+ \{\n.*?^\}", "", CSS, flags=re.MULTILINE | re.DOTALL)
    assert re.sub(r"/\*.*?\*/|@layer [\w, ]+;|\s", "", outside, flags=re.DOTALL) == ""


def test_the_stylesheet_and_the_script_are_light() -> None:
    assert len(CSS.encode()) <= 30_000
    assert len(JS.encode()) <= 10_000


@pytest.mark.parametrize("text", [CSS, *SCRIPTS.values()], ids=["css", *SCRIPTS])
@pytest.mark.parametrize(
    "forbidden", ["data:", "http:", "https:", "@import", "eval(", "innerHTML", "localStorage", "sessionStorage"]
)
def test_neither_asks_anybody_nor_keeps_anything(text: str, forbidden: str) -> None:
    assert forbidden not in text


@pytest.mark.parametrize("path", sorted(STATIC.glob("*.svg")), ids=lambda path: path.name)
def test_images_hold_no_script_style_or_link(path: Path) -> None:
    image = path.read_text(encoding="utf-8").replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert not re.search(r"<script|<style|style=|\son\w+=|href=|http", image)


def test_every_icon_that_a_template_names_exists() -> None:
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons.svg").read_text(encoding="utf-8")))
    templates = "\n".join(path.read_text(encoding="utf-8") for path in STATIC.parents[2].glob("templates/**/*.html"))
    named = set(
        re.findall(r"""(?:draw|icons\.icon)\("([\w-]+)"\)|icon="([\w-]+)"|icons\.svg'\) \}\}#([\w-]+)""", templates)
    )
    assert {name for names in named for name in names if name} <= drawn
