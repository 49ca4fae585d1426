"""A process that holds keys leaves no core dump and lets no other process read its memory."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from backend.crypto.hardening import PR_SET_DUMPABLE, control_process, harden_process

CHILD = """
import ctypes, resource
from backend.crypto.hardening import harden_process

harden_process()
print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), *resource.getrlimit(resource.RLIMIT_CORE))
"""


def test_a_hardened_process_is_not_dumpable_and_its_children_leave_no_core() -> None:
    run = subprocess.run(
        [sys.executable, "-c", CHILD], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3]
    )
    assert run.stdout.split() == ["0", "0", "0"]


def test_the_limits_hold_in_this_process_too() -> None:
    harden_process()
    control_process(PR_SET_DUMPABLE, 1)  # the tests that follow read /proc
    assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)


def test_a_refusal_of_the_kernel_is_an_error() -> None:
    with pytest.raises(OSError, match="Invalid argument"):
        control_process(PR_SET_DUMPABLE, 7)
