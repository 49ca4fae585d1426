"""What a page shows once laid out: what overflows, in which order it is read, what assistive technology is given.

The tab key follows the order of the markup (no page sets its own), so the order of focus is the visual one where each
control stands after the one before it: below, or to the right.
"""

import re

from playwright.sync_api import Page

SPACING = "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }"
PARAGRAPHS = "p { margin-bottom: 2em !important; }"
"""What a reader may ask of any text (RGAA 10.12)."""

TEXT_TWICE_AS_LARGE = "212.5%"
"""The size of the root element, 106.25 % by default, at 200 % (RGAA 10.4)."""

NAMED = "link|button|textbox|searchbox|checkbox|radio|combobox|listbox|table|navigation|dialog|radiogroup|img"
# No `group`: that of a <details> is read by its summary, and the markup checks want the legend of each <fieldset>.
NAMELESS = re.compile(rf"^\s*- '?(?:{NAMED})\b(?! \"| /)[^\n]*", re.MULTILINE)


def overflow(page: Page) -> int:
    """Give by how many pixels the page is wider than the window."""
    width: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width


def out_of_order(page: Page) -> list[str]:
    """Give the controls that stand before the one that the tab key reaches just before them (RGAA 12.8)."""
    found: list[str] = page.evaluate(
        """() => {
          const shown = [...document.querySelectorAll("a[href], button, input, select, textarea, summary")].filter(
            (e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest(".skip, .idle"));
          const boxes = shown.map((e) => [...(e.closest(".choice, .toggle") || e).getClientRects()]);
          return shown.slice(1).filter((element, index) => {
            const before = boxes[index].at(-1);
            const after = boxes[index + 1][0];
            const above = after.bottom <= before.top + 1 && after.left < before.right - 1;
            const beside = after.top < before.bottom - 1 && after.bottom > before.top + 1;
            return above || (beside && after.right <= before.left + 1 && after.bottom <= before.bottom + 1);
          }).map((element) => element.outerHTML.slice(0, 120));
        }"""
    )
    return found


def nameless(page: Page) -> list[str]:
    """Give what the accessibility tree of the page holds without a name that a screen reader could say."""
    return [line.strip() for line in NAMELESS.findall(page.locator("body").aria_snapshot())]


def cut_when_spaced(page: Page) -> list[str]:
    """Give what is lost when a reader asks for more space between lines, words and letters (RGAA 10.12)."""
    found: list[str] = page.evaluate(
        """(rules) => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync(rules);
          document.adoptedStyleSheets = [sheet];
          const lost = [...document.querySelectorAll("main *, header *, footer *")].filter((e) => {
            const style = getComputedStyle(e);
            const own = e.closest(".visually-hidden, thead, .narrow-hidden, .stepper-label, svg, .input");
            return !own && e.checkVisibility() && style.overflow !== "visible"
              && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1);
          }).map((e) => e.outerHTML.slice(0, 100));
          const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
          document.adoptedStyleSheets = [];
          return wide > 0 ? [...lost, `${wide} pixels too wide`] : lost;
        }""",
        SPACING + PARAGRAPHS,
    )
    return found


def lost_without_styles(page: Page) -> list[str]:
    """Give the texts that only the stylesheet shows: gone once it is, or written by it alone (RGAA 10.2).

    The page stays without it: given back, its colours would come by transitions and be measured on the way.
    """
    found: list[str] = page.evaluate(
        """() => {
          const shown = () => {
            const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            const found = [];
            while (texts.nextNode()) {
              const node = texts.currentNode;
              if (node.data.trim() && node.parentElement.checkVisibility({ visibilityProperty: true })) {
                found.push(node);
              }
            }
            return found;
          };
          const bare = (text) => text.replace(/^[^\\p{L}\\p{N}]+|[^\\p{L}\\p{N}]+$/gu, "");
          const written = [...document.querySelectorAll("body *")].filter((e) => e.checkVisibility()).flatMap((e) =>
            ["::before", "::after"].flatMap((place) =>
              [...getComputedStyle(e, place).content.matchAll(/"([^"]*)"/g)].map(([, text]) => bare(text))));
          const styled = shown();
          [...document.styleSheets].forEach((sheet) => { sheet.disabled = true; });
          const plain = new Set(shown());
          const said = [...plain].map((node) => node.data).join(" ");
          return [...new Set([...styled.filter((node) => !plain.has(node)).map((node) => node.data.trim()),
            ...written.filter((text) => !said.includes(text))])];
        }"""
    )
    return found
