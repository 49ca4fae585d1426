"""The daily purge in the hands of the demonstration: a run, and the word of a person when a guard asks for it."""

from collections.abc import Collection

from backend.authorization.work import House
from backend.cli.demonstration.acting import acting
from backend.purge.actions.running import run, standing
from backend.purge.actions.switching import confirm
from policies.retention_words import Guard, RunState


def pass_night(house: House, dpo: str, guards: Collection[Guard]) -> None:
    """Make the run of a night; the data protection officer confirms it when one of these guards refused it."""
    made = run(house)
    if made is None:
        return
    line = standing(house, made)
    if line.state is RunState.REFUSED and line.guard in guards:
        with acting(house, dpo) as uow:
            confirm(uow, line.reference)
        run(house)
