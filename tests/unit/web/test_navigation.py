"""The links of the head of every page mark the one that was followed, and no other."""

from dataclasses import replace
from uuid import UUID

import pytest

from backend.authorization.actor import Actor, Grant
from backend.web.navigation import DAILY, navigation
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


COORDINATOR = Actor(UUID(int=1), UUID(int=2), frozenset({Grant(Role.COORDINATOR, UUID(int=3))}))


@pytest.mark.parametrize("path", ["/", "/situations", "/annuaire/nouveau"])
def test_a_few_links_stay_in_sight_the_same_on_every_page_and_the_page_shown_is_marked(path: str) -> None:
    shown = navigation(COORDINATOR, path)
    daily = [item for item in shown if item.daily]
    assert len(shown) > DAILY + 1
    assert len(daily) == DAILY
    assert [item.label for item in daily] == [item.label for item in navigation(COORDINATOR, "/") if item.daily]
    assert [item.current for item in shown].count(True) == 1
    assert daily[0].href == "/"


def test_no_menu_opens_for_one_link_alone() -> None:
    for role in Role:
        hidden = [
            item
            for item in navigation(replace(COORDINATOR, grants=frozenset({Grant(role, None)})), "/")
            if not item.daily
        ]
        assert len(hidden) != 1


def test_every_link_says_what_is_found_there() -> None:
    for role in Role:
        for item in navigation(replace(COORDINATOR, grants=frozenset({Grant(role, None)})), "/"):
            assert item.about.endswith("."), item.label
            assert len(item.about) <= 60, item.label
