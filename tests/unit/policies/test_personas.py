"""The people of the demonstration: those that the issue names, one role each."""

from policies.habilitation import may_be_held
from policies.personas import DOMAIN, PERSONAS
from policies.territories import known_cells
from policies.vocabulary import Role

NAMED = [
    "coordinateur-13",
    "coordinateur-18",
    "parquet-13",
    "mairie-13",
    "commissariat-13",
    "pjj-13",
    "education-13",
    "cst-13",
    "bailleur",
    "agent-dpmp",
    "association",
    "crip",
    "reussite-13",
    "chef-etablissement",
    "copil",
    "dpo",
    "archives",
    "admin",
    "admin-2",
    "sans-charte-13",
]


def test_every_persona_that_the_issue_names_is_there_once() -> None:
    assert sorted(persona.email for persona in PERSONAS) == sorted(f"{name}@{DOMAIN}" for name in NAMED)


def test_every_role_has_its_persona() -> None:
    assert {persona.role for persona in PERSONAS} == set(Role)


def test_the_first_two_administer_the_service() -> None:
    assert [persona.role is Role.ADMINISTRATOR for persona in PERSONAS] == [True, True] + [False] * (len(PERSONAS) - 2)


def test_every_role_is_held_where_it_may_be() -> None:
    cells = {str(number) for number in known_cells().arrondissements}
    assert all(may_be_held(persona.role, for_city=persona.territory is None) for persona in PERSONAS)
    assert {persona.territory for persona in PERSONAS if persona.territory is not None} <= cells


def test_no_two_people_have_the_same_name() -> None:
    assert len({persona.name for persona in PERSONAS}) == len(PERSONAS)
