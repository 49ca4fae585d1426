"""What a page becomes on paper: nothing to press, nothing wider than the sheet, heads that come back."""

import re
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from policies.personas import DOMAIN
from tests.support.desk import seated

pytestmark = pytest.mark.timeout(600)
"""Making the demonstration takes a while where other work goes on."""

COORDINATOR, DPO, LANDLORD, PARQUET = (
    f"{local}@{DOMAIN}" for local in ("coordinateur-13", "dpo", "bailleur", "parquet-13")
)

PAPER = 658
"""Pixels between the margins of an A4 sheet: 210 mm less twice 18 mm."""

PAGES = (
    (PARQUET, ("/parquet",), ("/situations",)),
    (COORDINATOR, ("/situations", "/reunions", "/indicateurs", "/suivi"), ("/situations", "/reunions")),
    (DPO, ("/purge", "/purge/passages", "/droits", "/violations"), ("/purge/passages", "/droits")),
    (LANDLORD, ("/signalements",), ("/recepisses",)),
)
"""Who prints; what; and the addresses under which the first sheet that these pages link to is printed too."""

SHOWN = """() => [
  ...document.querySelectorAll(".navigation, .footer-links, .breadcrumb, .button, .toggles, .panel form")]
  .filter((element) => element.checkVisibility()).map((element) => element.outerHTML.slice(0, 100))"""

COLOURED = """() => [...document.querySelectorAll("main a")].filter((link) => link.checkVisibility())
  .filter((link) => getComputedStyle(link).textDecorationLine !== "none").map((link) => link.outerHTML.slice(0, 100))"""

CUT = """() => [...document.querySelectorAll(".table-frame, .table")]
  .filter((element) => element.scrollWidth > element.clientWidth + 2)
  .map((element) => element.outerHTML.slice(0, 100))"""


@pytest.mark.parametrize("who,pages,sheets", PAGES)
def test_a_printed_page_holds_what_is_read_and_nothing_to_press(
    chromium: Browser, demo: str, who: str, pages: tuple[str, ...], sheets: tuple[str, ...]
) -> None:
    found = []
    with seated(chromium, demo, who) as desk:
        page = desk.page
        addresses = list(pages)
        for listed in pages:
            page.goto(listed)
            for sheet in sheets:
                addresses += re.findall(rf'href="({sheet}/[0-9A-Z]{{4}}-[0-9A-Z-]+)"', page.content())[:1]
        assert len(addresses) > len(pages)
        page.set_viewport_size({"width": PAPER, "height": 900})
        page.emulate_media(media="print")
        for address in addresses:
            page.goto(address)
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            found += [f"{address}: {line}" for asked in (SHOWN, COLOURED, CUT) for line in page.evaluate(asked)]
            found += [f"{address}: {wide} pixels too wide"] if wide else []
    assert found == []


def test_each_sheet_of_paper_repeats_the_head_of_its_table_its_number_and_that_it_is_confidential(
    chromium: Browser, demo: str, tmp_path: Path
) -> None:
    with seated(chromium, demo, DPO) as desk:
        desk.page.goto("/purge/passages")
        desk.page.pdf(path=tmp_path / "page.pdf", format="A4")
        text = subprocess.run(
            ["pdftotext", tmp_path / "page.pdf", "-"], check=True, capture_output=True, text=True
        ).stdout
    sheets = text.split("\f")[:-1]
    assert len(sheets) > 1
    for number, sheet in enumerate(sheets, 1):
        assert "Situations détruites" in sheet
        assert "Confidentiel" in sheet
        assert re.search(rf"\b{number} ?/ ?{len(sheets)}\b", sheet)
