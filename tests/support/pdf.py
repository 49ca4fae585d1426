"""What is asked of every PDF of the product, read as a screen reader would (RGAA 13.3; PDF/UA-1, ISO 14289-1)."""

import re
import subprocess
from itertools import pairwise
from pathlib import Path


def unreadable(content: bytes, folder: Path) -> list[str]:
    """Give what keeps a PDF from being read aloud, by `pdfinfo -struct-text` and `qpdf`; empty when nothing does."""
    path = folder / "read-aloud.pdf"
    path.write_bytes(content)
    facts = subprocess.run(["pdfinfo", path], capture_output=True, text=True, check=True).stdout
    spoken = subprocess.run(["pdfinfo", "-struct-text", path], capture_output=True, check=True).stdout.decode(
        errors="replace"
    )
    plain = subprocess.run(["qpdf", "--qdf", "--object-streams=disable", path, "-"], capture_output=True, check=False)
    checked = subprocess.run(["qpdf", "--check", path], capture_output=True, check=False).returncode
    levels = [int(level) for level in re.findall(r"^\s*H(\d)\b", spoken, re.MULTILINE)]
    asked = {
        "its syntax": checked == 0,
        "its tags": re.search(r"Tagged: +yes", facts) and b"/Marked true" in plain.stdout,
        "a title": re.search(r"^Title: +\w", facts, re.MULTILINE) and b"/DisplayDocTitle true" in plain.stdout,
        "its language": b"/Lang (fr-FR)" in plain.stdout,
        "the standard that it claims": b"<pdfuaid:part>1</pdfuaid:part>" in plain.stdout,
        "the levels of its titles": levels[:1] in ([], [1]) and _without_leap(levels),
        "words in the order of reading": '"' in spoken,
        "the headers of its tables": spoken.count("Table (block)")
        <= len(re.findall(r"/Scope /(?:Column|Both)", spoken)),
        "the alternatives of its figures": spoken.count("Figure (") <= spoken.count("/Alt"),
    }
    return [what for what, found in asked.items() if not found]


def _without_leap(levels: list[int]) -> bool:
    return all(below <= above + 1 for above, below in pairwise(levels))
