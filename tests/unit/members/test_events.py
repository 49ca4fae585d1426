"""What the journal may say of people: nothing that could name them."""

import pytest

from backend.audit.events import Event, misdeclared
from backend.institutions import events as institutions
from backend.members import events as members

EVENTS = [
    found
    for module in (members, institutions)
    for found in vars(module).values()
    if isinstance(found, type) and issubclass(found, Event) and found is not Event
]


@pytest.mark.parametrize("event", EVENTS)
def test_an_event_carries_references_and_closed_words_only(event: type[Event]) -> None:
    assert misdeclared(event) == []
