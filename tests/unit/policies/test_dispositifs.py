"""The first list of the directory: the orientations of the sources, ages in order, each code once."""

import re

import pytest
from pydantic import ValidationError

from policies.directory_words import Family, Schooling
from policies.dispositifs import Dispositif, dispositifs
from policies.territories import arrondissements

ONE = {"code": "ORI-X1", "name": "Atelier", "organisation": "Association", "family": "social", "approach": "Sur appel"}


def test_every_dispositif_has_its_source_and_its_family() -> None:
    found = dispositifs()
    assert all(re.fullmatch(r"ORI-[A-H]\d{1,2}", one.code) for one in found)
    assert {one.family for one in found} == set(Family)
    assert all(set(one.arrondissements) <= set(arrondissements()) for one in found)
    assert {one.code[4] for one in found if one.family is Family.HEALTH} == {"F"}
    assert all(one.family is Family.HEALTH for one in found if one.code.startswith("ORI-F"))


def test_the_ages_of_the_sources_are_kept() -> None:
    ages = {one.code: (one.age_from, one.age_until) for one in dispositifs()}
    assert (ages["ORI-C2"], ages["ORI-C4"], ages["ORI-E1"]) == ((2, 16), (11, 17), (16, 25))
    assert (ages["ORI-H3"], ages["ORI-H4"], ages["ORI-E4"]) == ((8, 16), (6, 17), (18, 25))
    assert next(one for one in dispositifs() if one.code == "ORI-C2").priority_districts
    assert Dispositif.model_validate(ONE).schooling is Schooling.ANY


def test_a_list_that_contradicts_itself_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValidationError, match="ages are in order"):
        Dispositif.model_validate({**ONE, "age_from": 12, "age_until": 11})
    monkeypatch.setattr("policies.dispositifs.read_toml", lambda _path: {"dispositifs": [ONE, ONE]})
    with pytest.raises(ValidationError, match="each code once"):
        dispositifs.__wrapped__()
