"""The command `cenacle`: it speaks French, so its library is imported once French is."""

from importlib import import_module

from backend.cli.french import speak


def main() -> None:
    """Run the command line: exit code 0, 1 when refused, 2 for a usage error."""
    speak()
    import_module("backend.cli.command").app()


if __name__ == "__main__":
    main()
