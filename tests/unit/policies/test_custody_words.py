"""Each key of the service has words that people read."""

from backend.crypto.keystore import ServiceKey
from policies.custody_words import KeyUse


def test_every_key_of_the_service_says_what_it_is_for() -> None:
    assert {use.value for use in KeyUse} == {kind.value for kind in ServiceKey}
