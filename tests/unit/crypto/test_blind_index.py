"""Digests of names: equal tokens give equal digests under one key and one field, and nothing else does."""

import os
from datetime import date

import pytest

from backend.crypto import blind_index
from backend.crypto.blind_index import digests
from backend.crypto.names import Token, TokenField, tokens

KEY = os.urandom(32)
LAST = Token(TokenField.LAST, "martin")


def test_each_token_has_its_digest() -> None:
    person = tokens("Martin-Durand", "Camille", date(2010, 5, 17))
    found = digests(KEY, person)
    assert len(found) == len(person)
    assert sorted(found.values()) == sorted(token.field for token in person)


def test_a_digest_depends_on_the_key_the_field_and_the_value() -> None:
    one = digests(KEY, [LAST]).keys()
    assert one == digests(KEY, [Token(TokenField.LAST, "martin")]).keys()
    assert one != digests(os.urandom(32), [LAST]).keys()
    assert one != digests(KEY, [Token(TokenField.FIRST, "martin")]).keys()
    assert one != digests(KEY, [Token(TokenField.LAST, "martine")]).keys()


def test_a_digest_of_another_version_of_the_normal_form_matches_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    before = digests(KEY, [LAST])
    monkeypatch.setattr(blind_index, "NORMAL_FORM", 2)
    assert before.keys() != digests(KEY, [LAST]).keys()


def test_no_tokens_no_digests() -> None:
    assert digests(KEY, ()) == {}
