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
