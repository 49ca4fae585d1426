"""Loads the demonstration into empty stores: people, cells, situations, networks, from two months ago to now."""

from backend.authorization.work import House
from backend.cli.demonstration.cells import leave_an_act_waiting, name_contacts, open_cells, record_acts
from backend.cli.demonstration.networks import hold_meeting, open_networks
from backend.cli.demonstration.people import habilitate, invite_people, settle_institutions
from backend.cli.demonstration.situations import play
from backend.cli.demonstration.timeline import Timeline
from backend.kernel.clock import DrivenClock
from backend.purge.actions.running import run


def load(house: House, clock: DrivenClock) -> None:
    """Play the demonstration on the empty stores of a house in demo mode, whose clock this is.

    The clock stands `SPAN` before the present, and ends there. Raises `WrongMoment` when the stores hold accounts.
    """
    timeline = Timeline(clock)
    institutions = settle_institutions(house, timeline)
    timeline.nightly = lambda: run(house)  # only now is it sure that these stores were empty
    cells = open_cells(house, timeline)
    accounts = invite_people(house, timeline, institutions)
    habilitate(house, timeline, accounts, cells)
    record_acts(house, timeline, cells)
    name_contacts(house, timeline, cells)
    meeting, members = open_networks(house, timeline, cells)
    play(house, timeline)
    hold_meeting(house, timeline, meeting, members)
    leave_an_act_waiting(house, timeline, cells)
    timeline.end()
