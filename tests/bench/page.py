"""Writes the figures of docs/performance.md, and its plot, from what the bench measured last."""

from collections.abc import Iterable
from pathlib import Path

from tests.bench.lines import RESULTS, Line, load, table, written

PAGE = Path("docs") / "performance.md"
PLOT = Path("docs") / "performance.svg"
BEGIN, END = "<!-- figures -->", "<!-- /figures -->"
WIDTH, HEIGHT, MARGIN = 720, 320, 70
INK = ("#0a5c8f", "#b0451a", "#2d6a3e", "#6b3f8f", "#555555", "#8a6d00")
PLOTTED = "p95"
"""What the plot shows: the works of which the page says how long the slowest one in twenty takes."""


def write(measures: Iterable[str]) -> None:
    """Rewrite the table between its marks, and the plot, from what each measure found last."""
    lines: list[Line] = []
    said: dict[str, list[str]] = {}
    for name in measures:
        if (RESULTS / f"{name}.json").is_file():
            found, when = load(RESULTS / f"{name}.json")
            lines += found
            said.setdefault(when, []).append(name)
    parts = [*(f"- {when} ({', '.join(names)})" for when, names in said.items()), "", table(lines)]
    before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN, 1)
    PAGE.write_text("\n".join([f"{before}{BEGIN}", "", *parts, "", END]) + rest.split(END, 1)[1], encoding="utf-8")
    PLOT.write_text(plot(lines), encoding="utf-8")


def plot(lines: Iterable[Line]) -> str:
    """Draw how the slowest in twenty of each work grows with the number of situations: one line a work and engine."""
    series: dict[str, list[tuple[int, float]]] = {}
    for line in lines:
        if line.size is not None and line.work.endswith(PLOTTED) and "cellules" not in line.work:
            series.setdefault(f"{line.work.removesuffix(', p95')} ({line.engine})", []).append(
                (line.size, line.figure.middle)
            )
    sizes = sorted({size for points in series.values() for size, _ in points})
    highest = max((cost for points in series.values() for _, cost in points), default=1.0)
    across = {size: MARGIN + place * (WIDTH - 2 * MARGIN) / max(1, len(sizes) - 1) for place, size in enumerate(sizes)}
    below = HEIGHT + 18 * len(series) + 30
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {below}" role="img" font-size="12">',
        "<title>Temps du plus lent sur vingt, en millisecondes, selon le nombre de situations</title>",
        f'<rect width="{WIDTH}" height="{below}" fill="#ffffff"/>',
        f'<path d="M{MARGIN} 20V{HEIGHT - 30}H{WIDTH - MARGIN}" fill="none" stroke="#333333"/>',
        f'<text x="{MARGIN - 6}" y="26" text-anchor="end">{written(highest)} ms</text>',
        f'<text x="{MARGIN - 6}" y="{HEIGHT - 30}" text-anchor="end">0</text>',
    ]
    drawn += [
        f'<text x="{x:.0f}" y="{HEIGHT - 12}" text-anchor="middle">{f"{size:,}".replace(",", " ")}</text>'
        for size, x in across.items()
    ]
    for place, (name, points) in enumerate(sorted(series.items())):
        ink, dashes = INK[place // 2 % len(INK)], "" if place % 2 == 0 else ' stroke-dasharray="6 4"'
        where = " ".join(
            f"{across[size]:.1f},{HEIGHT - 30 - (HEIGHT - 50) * cost / highest:.1f}" for size, cost in sorted(points)
        )
        drawn.append(f'<polyline points="{where}" fill="none" stroke="{ink}" stroke-width="2"{dashes}/>')
        legend = HEIGHT + 18 * place + 12
        drawn.append(
            f'<path d="M{MARGIN} {legend}h36" stroke="{ink}" stroke-width="2"{dashes}/>'
            f'<text x="{MARGIN + 46}" y="{legend + 4}">{name}</text>'
        )
    return "\n".join([*drawn, "</svg>", ""])
