"""How a command refuses: one French sentence on the error output, and exit code 1."""

import typer


def refused(sentence: str) -> typer.Exit:
    """Say why, and give the exit to raise."""
    typer.echo(sentence, err=True)
    return typer.Exit(1)
