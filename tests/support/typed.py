"""A complete signalement, as a person types it; every nominative value is invented."""

COMPLETE: dict[str, object] = {
    "immediate_danger": False,
    "school_offence": False,
    "radicalisation": False,
    "residence": "known",
    "arrondissement": 13,
    "last_name": "Fictif",
    "first_name": "Camille",
    "birth_date": "2012-05-04",
    "sex": "unknown",
    "school_level": "middle",
    "qualification": "infra_delinquency",
    "motives": ["MOT-02", "MOT-06"],
    "steps": ["talked_family"],
    "insufficiencies": ["no_support"],
    "facts": "Vu seul dans la rue à plusieurs reprises après vingt-deux heures.",
}
"""The JSON of a signalement that the 13e accepts."""

FIRST_QUESTIONS = frozenset({"immediate_danger", "school_offence", "radicalisation", "residence", "arrondissement"})
"""Fields of the first page."""


def as_form(csrf: str = "jeton-de-la-session") -> dict[str, object]:
    """Give the second page of the form, as a browser posts it."""
    fields = {name: value for name, value in COMPLETE.items() if name not in FIRST_QUESTIONS}
    return fields | {"birth_date": "04/05/2012", "csrf": csrf}
