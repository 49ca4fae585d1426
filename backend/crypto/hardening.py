"""What a process does before it holds a key: no core dump, no reading of its memory (architecture.md section 4)."""

import ctypes
import os
import resource

PR_SET_DUMPABLE = 4
"""prctl(2): 0 also closes /proc/self/mem and ptrace to the other processes of the same account."""


def harden_process() -> None:
    """Forbid core dumps and debuggers for this process and its children; raise `OSError` when the kernel refuses."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    control_process(PR_SET_DUMPABLE, 0)


def control_process(option: int, value: int) -> None:
    """Call prctl(2), which Python does not offer; raise `OSError` when the kernel refuses."""
    library = ctypes.CDLL(None, use_errno=True)
    if library.prctl(option, ctypes.c_ulong(value), 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
