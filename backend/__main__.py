"""The command `cenacle`: it speaks French, so its library is imported once French is."""

import gc
import sys
from importlib import import_module

from backend.cli.french import speak


def main() -> None:
    """Run the command line: exit code 0, 1 when refused, 2 for a usage error."""
    speak()
    # Nothing of what an import makes can be freed: to look for it takes a fifth of the start.
    gc.disable()
    command = import_module("backend.cli.command")
    gc.enable()
    sys.exit(command.run())


if __name__ == "__main__":
    main()
