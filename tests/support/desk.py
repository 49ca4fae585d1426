"""Somebody at work in Chromium: signed in, with the keyboard under their hands, in a browser that must not complain."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, expect

FARTHEST = 120
"""Keys after which what is looked for is taken to be out of reach."""
FORM_REFUSED = "the server responded with a status of 422"
"""What Chromium writes of a page that shows errors; nothing else is tolerated."""


@dataclass(slots=True)
class Desk:
    """Somebody at work: a browser that notes what it complains of, and how many keys were pressed."""

    page: Page
    host: str
    complaints: list[str] = field(default_factory=list)
    keys: int = 0

    def press(self, key: str, times: int = 1) -> None:
        """Press a key."""
        for _ in range(times):
            self.page.keyboard.press(key)
            self.keys += 1

    def tab_to(self, target: Locator) -> None:
        """Press Tab until the focus is there."""
        for _ in range(FARTHEST):
            if target.evaluate("(element) => element === document.activeElement"):
                return
            self.press("Tab")
        pytest.fail(f"the Tab key never reached {target}")

    def enter(self, target: Locator) -> None:
        """Go to a link or a button with the Tab key, and follow it."""
        self.tab_to(target)
        with self.page.expect_navigation():
            self.press("Enter")

    def write(self, field: Locator, text: str) -> None:
        """Go to a field with the Tab key and type in it, over what it holds."""
        self.tab_to(field)
        self.press("Control+a")
        self.page.keyboard.type(text)
        expect(field).to_have_value(text)

    def choose(self, answer: Locator) -> None:
        """Go to a group of radio buttons with the Tab key, and to one of them with the arrows."""
        name = answer.get_attribute("name")
        group = answer.page.locator(f'input[type=radio][name="{name}"]')
        for _ in range(FARTHEST):
            if group.evaluate_all("(buttons) => buttons.includes(document.activeElement)"):
                break
            self.press("Tab")
        self.press("Space")
        for _ in range(group.count()):
            if answer.is_checked():
                return
            self.press("ArrowDown")
        expect(answer).to_be_checked()

    def tick(self, box: Locator) -> None:
        """Go to a box with the Tab key, and tick it."""
        self.tab_to(box)
        self.press("Space")
        expect(box).to_be_checked()

    def pick(self, listed: Locator, label: str) -> None:
        """Go to a list with the Tab key, and to one of its lines by its first letters."""
        self.tab_to(listed)
        self.page.keyboard.type(label)
        assert listed.evaluate("(list) => list.selectedOptions[0].label").startswith(label)

    def listen(self) -> None:
        """Note from now on what the console says, faults of the script, and requests to another host."""

        def hear(message: ConsoleMessage) -> None:
            if FORM_REFUSED not in message.text:
                self.complaints.append(message.text)

        def watch(request: Request) -> None:
            if urlsplit(request.url).netloc != self.host:
                self.complaints.append(request.url)

        self.page.on("console", hear)
        self.page.on("request", watch)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))


@contextmanager
def seated(chromium: Browser, demo: str, who: str, *, script: bool = True) -> Iterator[Desk]:
    """Sign somebody in, in one click; on leaving, the browser must have had nothing to complain of."""
    context = chromium.new_context(base_url=demo, java_script_enabled=script, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    desk = Desk(page, urlsplit(demo).netloc)
    desk.listen()
    page.goto("/connexion")
    page.locator(f'form[action="/connexion/demo/{who}"] button').click()
    expect(page.locator(".person-name")).to_be_visible()
    yield desk
    context.close()
    assert desk.complaints == []
