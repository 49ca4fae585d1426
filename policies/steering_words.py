"""The closed words of the events that steer the cells: nothing of a situation is said there (domain.md section 5)."""

from policies.vocabulary import Word


class SteeringKind(Word):
    """What is planned: a cell's yearly presentation at the rentrée (CEN-51), or the Paris committee (CEN-59)."""

    PRESENTATION = "presentation", "présentation de rentrée"
    COPIL = "copil", "comité de pilotage parisien"


class SteeringState(Word):
    """Where such an event stands."""

    PLANNED = "planned", "programmé"
    HELD = "held", "tenu"
    NOT_HELD = "not_held", "non tenu"
