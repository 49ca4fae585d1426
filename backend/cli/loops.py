"""What a serving process does beside requests: e-mails, keys that are due, once a day reminders, purge, indicators.

The purge runs here on embedded stores only: on PostgreSQL it has a role and a timer of its own (`docs/deployment`).
The register of tombstones follows it. The others once a day.
Several processes may run it: a message is claimed before it is sent, a day before it is worked.
"""

import logging
import threading

from sqlalchemy.exc import SQLAlchemyError

from backend.authorization.jobs import claim_day
from backend.authorization.timekeeping import clock_is_refused, trust_clock
from backend.authorization.work import House
from backend.custody.actions.register import RegisterError, keep_register
from backend.custody.actions.rotating import drop_replaced_keys, keep_up
from backend.indicators.actions.publishing import publish_due
from backend.kernel.errors import Unavailable
from backend.mail.sending import send_due
from backend.members.actions.ageing import remind_unused
from backend.members.actions.devices import forget_old_devices
from backend.members.actions.proconnect import forget_old_requests
from backend.members.actions.reviews import remind_reviews
from backend.members.actions.throttling import forget_old_attempts
from backend.oversight.actions.publishing import publish_daily
from backend.oversight.actions.watching import watch_daily
from backend.purge.actions.destroying import FiguresMovedError
from backend.purge.actions.reminding import remind_agreements
from backend.purge.actions.running import is_due
from backend.purge.actions.running import run as purge
from backend.rights.actions.reminding import remind_requests
from policies.suppression import GivenBackError

LOG = logging.getLogger("cenacle")

EVERY = 5.0
"""Seconds between two rounds."""


def start_loops(house: House) -> threading.Event:
    """Start the rounds in a thread of their own; set the event that is given to stop them."""
    stopped = threading.Event()
    threading.Thread(target=_go_round, args=(house, stopped), name="cenacle-loops", daemon=True).start()
    return stopped


def go_round(house: House) -> None:
    """Do one round; on a clock that is refused, e-mails leave and the purge says why it waits, nothing else."""
    refused = clock_is_refused(house.stores, house.clock())
    with house.transaction() as uow:
        daily = not refused and claim_day(uow, "daily")
        if daily:
            trust_clock(uow)
            remind_reviews(uow)
            remind_unused(uow)
            remind_requests(uow)
            remind_agreements(uow)
            forget_old_attempts(uow)
            forget_old_devices(uow)
            forget_old_requests(uow)
        due = house.stores.main.embedded and is_due(uow)
    if due:
        purge(house)
    if due or daily:
        keep_register(house)
    if refused:
        LOG.warning("the clock is refused: the work of the day waits")
    else:
        watch_daily(house)
        publish_daily(house)
        with house.transaction() as uow:
            if claim_day(uow, "indicators"):
                publish_due(uow)
        keep_up(house)
        if daily:
            drop_replaced_keys(house)
    send_due(house)


def _go_round(house: House, stopped: threading.Event) -> None:
    while not stopped.wait(EVERY):
        try:
            go_round(house)
        except (
            SQLAlchemyError,
            Unavailable,
            FiguresMovedError,
            RegisterError,
            GivenBackError,
            OSError,
        ) as fault:
            LOG.warning("a round was left to the next one: %s", type(fault).__name__)
