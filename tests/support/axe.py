"""axe-core on a page that a browser shows: the automatic part of RGAA 4.1 AA (legal.md R26).

The script is evaluated, not added to the page: the strict content security policy refuses an added script.
"""

from pathlib import Path

from playwright.sync_api import Page

SOURCE = Path(__file__).parent / "vendor" / "axe.min.js"
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


def violations(page: Page, rules: tuple[str, ...] = ()) -> list[str]:
    """Return one line per faulty element of `page`, « rule: element: what to do », by all the rules or by some."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(SOURCE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(
        """async (only) => {
          const result = await axe.run(document, { runOnly: only, resultTypes: ["violations"] });
          return result.violations.flatMap((rule) => rule.nodes.map((node) =>
            `${rule.id}: ${node.target.join(" ")}: ${node.failureSummary.replace(/\\s+/g, " ")}`));
        }""",
        {"type": "rule", "values": list(rules)} if rules else {"type": "tag", "values": list(TAGS)},
    )
    return found
