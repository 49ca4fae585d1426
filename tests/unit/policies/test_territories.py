"""Territories of Paris: who covers an arrondissement on a day, and what is said where no cell exists."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from policies.closed import read_toml
from policies.territories import (
    Territories,
    arrondissements,
    commissariat_on,
    guidance_without_cell,
    known_cells,
    quartiers,
    sector_on,
    sectors,
)

REFORM = date(2020, 7, 11)
EVE = REFORM - timedelta(days=1)
TODAY = date(2026, 11, 21)
FILE = "taxonomies/territories.toml"

days = st.dates(min_value=date(1860, 1, 1), max_value=date(2100, 12, 31))


def test_paris_has_seventeen_sectors_since_11_july_2020_and_had_twenty_before() -> None:
    assert len(sectors(EVE)) == 20
    assert len(sectors(REFORM)) == 17
    assert sectors(date(1859, 12, 31)) == ()


@pytest.mark.parametrize("arrondissement", [1, 2, 3, 4])
def test_the_first_four_arrondissements_became_paris_centre(arrondissement: int) -> None:
    assert sector_on(EVE, arrondissement).code == str(arrondissement)
    assert sector_on(REFORM, arrondissement).label == "Paris Centre"
    assert commissariat_on(REFORM, arrondissement).code == "centre"


@pytest.mark.parametrize("arrondissement", range(5, 21))
def test_the_other_arrondissements_did_not_change(arrondissement: int) -> None:
    assert sector_on(EVE, arrondissement) == sector_on(REFORM, arrondissement)


@given(days, st.sampled_from(arrondissements()))
def test_an_arrondissement_has_one_sector_and_one_commissariat_each_day(day: date, arrondissement: int) -> None:
    assert arrondissement in sector_on(day, arrondissement).arrondissements
    assert sector_on(day, arrondissement) in sectors(day)
    assert arrondissement in commissariat_on(day, arrondissement).arrondissements


def test_one_commissariat_covers_the_fifth_and_the_sixth() -> None:
    assert commissariat_on(TODAY, 5) == commissariat_on(TODAY, 6)
    assert commissariat_on(TODAY, 5).label == "commissariat du 5/6"
    assert commissariat_on(date(2015, 1, 1), 5) != commissariat_on(date(2015, 1, 1), 6)


@pytest.mark.parametrize("day, arrondissement", [(TODAY, 0), (TODAY, 21), (TODAY, 75), (date(1859, 12, 31), 1)])
def test_a_place_or_a_time_outside_paris_has_no_territory(day: date, arrondissement: int) -> None:
    with pytest.raises(LookupError):
        sector_on(day, arrondissement)
    with pytest.raises(LookupError):
        commissariat_on(day, arrondissement)


def test_the_eighty_quartiers_are_numbered_in_order_and_have_distinct_names() -> None:
    every = [quartier for arrondissement in arrondissements() for quartier in quartiers(arrondissement)]
    assert [quartier.number for quartier in every] == list(range(1, 81))
    assert len({quartier.name for quartier in every}) == 80


def test_the_quartiers_of_the_thirteenth_are_its_own() -> None:
    assert [(q.number, q.name) for q in quartiers(13)] == [
        (49, "Salpêtrière"),
        (50, "Gare"),
        (51, "Maison-Blanche"),
        (52, "Croulebarbe"),
    ]


def test_an_arrondissement_that_does_not_exist_has_no_quartier() -> None:
    with pytest.raises(LookupError):
        quartiers(21)


def test_eleven_cells_were_known_in_october_2024() -> None:
    assert known_cells().arrondissements == (9, 10, 11, 12, 13, 14, 15, 17, 18, 19, 20)


def test_where_no_cell_exists_the_coordinator_and_the_crip_are_named() -> None:
    guidance = guidance_without_cell(TODAY, 2)
    for expected in ("Paris Centre", "coordonnateur", "CRIP 75", "119", "17"):
        assert expected in guidance


def test_a_hole_or_an_overlap_between_sectors_is_refused() -> None:
    content = read_toml(FILE)
    found = Territories.model_validate(content)
    early_end = found.sectors[0].model_copy(update={"valid_until": date(2020, 7, 1)})
    for broken in (found.sectors[1:], (*found.sectors, found.sectors[0]), (early_end, *found.sectors[1:])):
        with pytest.raises(ValidationError, match="not covered once"):
            Territories.model_validate(content | {"sectors": [sector.model_dump() for sector in broken]})


def test_a_file_that_forgets_an_arrondissement_or_a_quartier_is_refused() -> None:
    content = read_toml(FILE)
    names = {number: list(found) for number, found in Territories.model_validate(content).quartiers.items()}
    with pytest.raises(ValidationError, match="every arrondissement"):
        Territories.model_validate(content | {"quartiers": {n: found for n, found in names.items() if n != 13}})
    with pytest.raises(ValidationError, match="at least 4 items"):
        Territories.model_validate(content | {"quartiers": names | {13: names[13][:3]}})


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        Territories.model_validate(read_toml(FILE) | {"banlieue": []})
