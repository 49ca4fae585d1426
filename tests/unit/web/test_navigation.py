"""The links of the head of every page mark the one that was followed, and no other."""

from uuid import UUID

import pytest

from backend.authorization.actor import Actor, Grant
from backend.web.navigation import navigation
from policies.vocabulary import Role

REPORTER = Actor(UUID(int=1), UUID(int=2), frozenset({Grant(Role.REPORTER, None)}))


@pytest.mark.parametrize(
    "path, marked",
    [
        ("/", ["Accueil"]),
        ("/signalements", ["Mes signalements"]),
        ("/signalements/brouillons/AAAA-AAAA-AAAA", ["Mes signalements"]),
        ("/signalements/nouveau", ["Signaler"]),
        ("/signalements-autres", []),
        ("/compte", []),
    ],
)
def test_one_link_at_most_is_marked_as_the_page_shown(path: str, marked: list[str]) -> None:
    assert [item.label for item in navigation(REPORTER, path) if item.current] == marked
