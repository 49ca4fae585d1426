"""Loads the demonstration into empty stores: the past at real scale, then the live present (domain.md section 11)."""

from datetime import date, datetime, time

from backend.authorization.work import House
from backend.cli.demonstration.cells import leave_an_act_waiting, name_contacts, open_cells, record_acts
from backend.cli.demonstration.networks import hold_meeting, open_networks
from backend.cli.demonstration.people import DPO, create_administrators, habilitate, invite_people, settle_institutions
from backend.cli.demonstration.purging import pass_night
from backend.cli.demonstration.rights import ask_and_declare
from backend.cli.demonstration.situations import play
from backend.cli.demonstration.steering import prepare_steering, settle_steering
from backend.cli.demonstration.timeline import SPAN, Timeline
from backend.cli.replay.history import YEARS
from backend.cli.replay.years import Step, replay, steps
from backend.indicators.actions.publishing import publish_due
from backend.kernel.clock import DrivenClock, paris_instant
from policies.retention_words import Guard

LIVE_STEPS = 4
"""How many times the live part says that it has gone on."""


def first_instant(present: datetime, scale: int) -> datetime:
    """Give when the clock starts: in the first days of 2012, or with the live part when nothing is replayed."""
    return paris_instant(date(YEARS[0], 1, 2), time(9)) if scale else present - SPAN


def length(scale: int) -> int:
    """Give how many times `load` says that it has gone on."""
    return LIVE_STEPS + (steps() if scale else 0)


def load(
    house: House,
    clock: DrivenClock,
    present: datetime,
    scale: int,
    gone_on: Step = lambda: None,
    *,
    keep: bool = False,
) -> None:
    """Play the demonstration on the empty stores of a house in demo mode, whose clock this is.

    The clock stands at `first_instant`, and ends at the present; the past is played `scale` times its real size, 0 for
    the live part only, and nothing of it is purged when it is to `keep`. Raises `WrongMoment` when the stores hold
    accounts.
    """
    timeline = Timeline(clock, present)
    create_administrators(house, timeline)
    if scale:
        replay(house, timeline, scale, gone_on, keep=keep)
    institutions = settle_institutions(house, timeline)
    if not keep:
        # Only now is it sure that these stores were empty; the clock has moved far since the purges of the past.
        timeline.nightly = lambda: pass_night(house, DPO, {Guard.CLOCK})
    cells = open_cells(house, timeline)
    accounts = invite_people(house, timeline, institutions)
    gone_on()
    habilitate(house, timeline, accounts, cells)
    record_acts(house, timeline, cells)
    name_contacts(house, timeline, cells)
    gone_on()
    meeting, members = open_networks(house, timeline, cells)
    presentation = prepare_steering(house, timeline, cells)
    play(house, timeline)
    gone_on()
    hold_meeting(house, timeline, meeting, members)
    settle_steering(house, timeline, presentation)
    ask_and_declare(house, timeline)
    leave_an_act_waiting(house, timeline, cells)
    timeline.end()
    with house.transaction() as uow:
        publish_due(uow)
    gone_on()
