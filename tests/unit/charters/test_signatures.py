"""Which signatures bind: one's own, in force, and of the previous version until the transition date only."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import select

from backend.authorization.actor import ANONYMOUS
from backend.authorization.work import House
from backend.charters.actions import end_signature, record_signature
from backend.charters.queries import binding_versions, charter_in_force, charter_of, charters_of, signatures_of
from backend.institutions.models import Institution
from backend.kernel.clock import DrivenClock
from backend.kernel.errors import Forbidden, InvalidInput, NotFound, SignInRequired, Stale, WrongMoment
from policies.charter_words import CharterKind
from policies.vocabulary import Origin, Role
from tests.support.house import MORNING, new_house, someone

KIND = CharterKind.CENOMED
ADMINISTRATOR = someone(Role.ADMINISTRATOR)
SIGNED = {"rules_version": "2023-1", "signatory_function": "commissaire central"}


@pytest.fixture
def house(store_urls: dict[str, str], tmp_path: Path) -> Iterator[House]:
    built = new_house(store_urls, tmp_path, DrivenClock(MORNING))
    with built.transaction(ADMINISTRATOR) as uow:
        uow.session.add(Institution(reference="0000-0000-0001", name="Commissariat du 13e", origin=Origin.POLICE))
        uow.session.add(Institution(reference="0000-0000-0002", name="Mairie du 13e", origin=Origin.TOWN_HALL))
    yield built
    built.stores.dispose()


def sign(
    house: House, institution: str = "0000-0000-0001", version: str = "cenomed-2023", on: date | None = None
) -> str:
    with house.transaction(ADMINISTRATOR) as uow:
        signature = record_signature(
            uow, institution, charter_version=version, signed_on=on or date(2023, 2, 1), **SIGNED
        )
        return signature.reference


def binding(house: House, institution: str, day: date) -> frozenset[str]:
    with house.transaction(ADMINISTRATOR) as uow:
        ids = {row.reference: row.id for row in uow.session.exec(select(Institution))}
        return binding_versions(uow, ids[institution], KIND, day)


def test_a_signature_binds_from_its_day_on(house: House) -> None:
    sign(house)
    assert binding(house, "0000-0000-0001", date(2023, 1, 31)) == frozenset()
    assert binding(house, "0000-0000-0001", date(2023, 2, 1)) == {"cenomed-2023"}
    assert binding(house, "0000-0000-0001", date(2026, 11, 23)) == {"cenomed-2023"}


def test_the_signature_of_another_institution_does_not_bind(house: House) -> None:
    sign(house)
    assert binding(house, "0000-0000-0002", date(2026, 11, 23)) == frozenset()


def test_the_previous_version_binds_until_the_transition_date_only(house: House) -> None:
    sign(house, version="cenomed-2012", on=date(2012, 2, 1))
    assert binding(house, "0000-0000-0001", date(2023, 1, 23)) == {"cenomed-2012"}
    assert binding(house, "0000-0000-0001", date(2023, 4, 23)) == {"cenomed-2012"}
    assert binding(house, "0000-0000-0001", date(2023, 4, 24)) == frozenset()
    sign(house, on=date(2023, 3, 1))
    assert binding(house, "0000-0000-0001", date(2023, 4, 23)) == {"cenomed-2012", "cenomed-2023"}
    assert binding(house, "0000-0000-0001", date(2023, 4, 24)) == {"cenomed-2023"}


def test_a_signature_that_ended_binds_no_more(house: House) -> None:
    reference = sign(house)
    with house.transaction(ADMINISTRATOR) as uow:
        end_signature(uow, reference, 1, ended_on=date(2026, 11, 20))
    assert binding(house, "0000-0000-0001", date(2026, 11, 19)) == {"cenomed-2023"}
    assert binding(house, "0000-0000-0001", date(2026, 11, 20)) == frozenset()
    with pytest.raises(WrongMoment), house.transaction(ADMINISTRATOR) as uow:
        end_signature(uow, reference, 2, ended_on=date(2026, 11, 21))


@pytest.mark.parametrize("day", [date(2023, 1, 31), date(2026, 11, 24)])
def test_a_signature_ends_between_its_day_and_today(house: House, day: date) -> None:
    reference = sign(house)
    with pytest.raises(InvalidInput), house.transaction(ADMINISTRATOR) as uow:
        end_signature(uow, reference, 1, ended_on=day)


def test_of_two_people_who_end_a_signature_the_second_is_told(house: House) -> None:
    reference = sign(house)
    with pytest.raises(Stale), house.transaction(ADMINISTRATOR) as uow:
        end_signature(uow, reference, 7, ended_on=date(2026, 11, 20))


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_an_administrator_records_or_ends_a_signature(house: House, role: Role) -> None:
    reference = sign(house)
    with pytest.raises((Forbidden, NotFound)), house.transaction(someone(role)) as uow:
        record_signature(uow, "0000-0000-0002", charter_version="cenomed-2023", signed_on=date(2023, 2, 1), **SIGNED)
    with pytest.raises((Forbidden, NotFound)), house.transaction(someone(role)) as uow:
        end_signature(uow, reference, 1, ended_on=date(2026, 11, 20))


def test_nobody_records_a_signature_without_signing_in(house: House) -> None:
    with pytest.raises((SignInRequired, NotFound)), house.transaction(ANONYMOUS) as uow:
        record_signature(uow, "0000-0000-0001", charter_version="cenomed-2023", signed_on=date(2023, 2, 1), **SIGNED)


def test_an_institution_signs_a_version_once(house: House) -> None:
    reference = sign(house)
    with pytest.raises(InvalidInput):
        sign(house)
    with house.transaction(ADMINISTRATOR) as uow:
        end_signature(uow, reference, 1, ended_on=date(2026, 11, 20))
    sign(house, on=date(2026, 11, 21))
    assert binding(house, "0000-0000-0001", date(2026, 11, 23)) == {"cenomed-2023"}


def test_of_two_administrators_who_record_one_signature_at_once_the_second_is_told(house: House) -> None:
    with ThreadPoolExecutor(1) as pool:
        with house.transaction(ADMINISTRATOR) as uow:
            record_signature(
                uow, "0000-0000-0001", charter_version="cenomed-2023", signed_on=date(2023, 2, 1), **SIGNED
            )
            running = pool.submit(sign, house)
            wait([running], timeout=0.3)
        with pytest.raises(InvalidInput):
            running.result()


@pytest.mark.parametrize("version,day", [("cenomed-1999", date(2023, 2, 1)), ("cenomed-2023", date(2026, 11, 24))])
def test_an_unknown_version_and_a_day_to_come_are_refused(house: House, version: str, day: date) -> None:
    with pytest.raises(InvalidInput):
        sign(house, version=version, on=day)


def test_an_institution_reads_its_own_signatures_only(house: House) -> None:
    mine = sign(house)
    sign(house, "0000-0000-0002")
    with house.transaction(ADMINISTRATOR) as uow:
        everything = signatures_of(uow)
        own = next(signature for signature in everything if signature.reference == mine)
    assert len(everything) == 2
    with house.transaction(someone(Role.POLICE, institution=own.institution_id)) as uow:
        assert [signature.reference for signature in signatures_of(uow)] == [mine]
    with house.transaction(ADMINISTRATOR) as uow:
        assert [signature.reference for signature in signatures_of(uow, {own.institution_id})] == [mine]


def test_the_charter_in_force_is_the_latest_that_took_effect() -> None:
    assert charter_in_force(KIND, date(2023, 1, 23)).version == "cenomed-2012"
    assert charter_in_force(KIND, date(2023, 1, 24)).version == "cenomed-2023"
    assert [charter.version for charter in charters_of(KIND, date(2023, 1, 24))] == ["cenomed-2023", "cenomed-2012"]
    assert charter_of("cenomed-2012").version == "cenomed-2012"
    with pytest.raises(LookupError):
        charter_in_force(KIND, date(1999, 1, 1))
    with pytest.raises(KeyError):
        charter_of("cenomed-1999")
