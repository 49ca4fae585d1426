"""What a sign-in is worth, and what a browser says of itself in two closed words."""

import pytest

from policies.sign_in import STRONG, Assurance, Software, System, software_of, system_of

WINDOWS, MAC, LINUX = "Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 14_5", "X11; Linux x86_64"
ANDROID, IPHONE, IPAD = "Linux; Android 14; Pixel 8", "iPhone; CPU iPhone OS 17_5 like Mac OS X", "iPad; CPU OS 17_5"
WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


def test_a_code_received_by_e_mail_does_not_open_a_session_alone() -> None:
    assert {Assurance.EIDAS2, Assurance.EIDAS3} == STRONG
    assert {level.value for level in Assurance} == {"eidas1-mfa", "eidas2", "eidas3"}


@pytest.mark.parametrize(
    "agent,software,system",
    [
        (f"Mozilla/5.0 ({WINDOWS}; rv:130.0) Gecko/20100101 Firefox/130.0", Software.FIREFOX, System.WINDOWS),
        (f"Mozilla/5.0 ({WINDOWS}) {WEBKIT} Chrome/130.0 Safari/537.36 Edg/130.0", Software.EDGE, System.WINDOWS),
        (f"Mozilla/5.0 ({ANDROID}) {WEBKIT} Chrome/130.0 Mobile Safari/537.36", Software.CHROME, System.ANDROID),
        (f"Mozilla/5.0 ({LINUX}) {WEBKIT} HeadlessChrome/130.0 Safari/537.36", Software.CHROME, System.LINUX),
        (f"Mozilla/5.0 ({MAC}) AppleWebKit/605 Version/17.5 Safari/605.1", Software.SAFARI, System.MACOS),
        (f"Mozilla/5.0 ({IPHONE}) AppleWebKit/605 Version/17.5 Mobile Safari/604.1", Software.SAFARI, System.IOS),
        (f"Mozilla/5.0 ({IPAD}) AppleWebKit/605 Version/17.5 Mobile Safari/604.1", Software.SAFARI, System.IOS),
        ("curl/8.9.1", Software.OTHER, System.OTHER),
        ("", Software.OTHER, System.OTHER),
    ],
)
def test_a_browser_is_told_in_two_words(agent: str, software: Software, system: System) -> None:
    assert (software_of(agent), system_of(agent)) == (software, system)
