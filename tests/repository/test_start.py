"""What the start of a process leaves to whoever needs it: each of these takes long to import, and memory."""

import subprocess
import sys

from tests.support.tree import ROOT

LEFT_FOR_LATER = {"holidays", "icalendar", "segno", "typst", "xlsxwriter"}


def test_no_process_imports_at_its_start_what_few_requests_need() -> None:
    program = "import sys, backend.app; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True, text=True)
    found = set(done.stdout.split())
    assert "backend" in found
    assert not LEFT_FOR_LATER & found
