"""How the author of a signalement fills the form, in the demonstration and in the replay of past years."""

from datetime import date, timedelta

from backend.cli.demonstration.stories import Concern, Minor
from backend.signalements.forms import SignalementForm, necessity_field, warnings
from policies.months import add_years
from policies.vocabulary import OFFENCE_MOTIVES, Residence

PHONE = "01 99 00 75 01"
"""What every representative answers at: 01 99 00 is a range kept for fiction (ARCEP, décision 2018-0881)."""

FACTS_DAYS = 12
"""How long before its signalement a story began."""


def filled(minor: Minor, concern: Concern, *, day: date, grown: date) -> SignalementForm:
    """Give the form as its author sends it on a day; the minor has the age that is told on the day `grown`.

    Raises `ValidationError` where a story breaks the form.
    """
    return SignalementForm.model_validate({**start(minor), **_identity(minor, grown), **_reasons(concern, day)})


def start(minor: Minor) -> dict[str, object]:
    """Give the first answers of the form: nothing diverts, and where the minor lives."""
    return {
        "immediate_danger": False,
        "school_offence": False,
        "radicalisation": False,
        "residence": Residence.KNOWN,
        "arrondissement": minor.arrondissement,
    }


def _identity(minor: Minor, grown: date) -> dict[str, object]:
    return {
        "last_name": minor.last_name,
        "first_name": minor.first_name,
        "birth_date": add_years(grown, -minor.age) - timedelta(days=minor.since_birthday),
        "sex": minor.sex,
        "quartier": minor.quartier,
        "school": minor.school,
        "school_level": minor.level,
        "representative_name": minor.representative,
        "representative_contact": PHONE if minor.representative else None,
    }


def _reasons(concern: Concern, day: date) -> dict[str, object]:
    offences = [motive for motive in concern.motives if motive in OFFENCE_MOTIVES]
    return {
        "qualification": concern.qualification,
        "motives": concern.motives,
        **{necessity_field(motive): concern.necessity for motive in offences},
        "facts_from": day - timedelta(days=FACTS_DAYS),
        "facts_until": day - timedelta(days=1),
        "periods": concern.periods,
        "place_kinds": concern.place_kinds,
        "steps": concern.steps,
        "insufficiencies": concern.insufficiencies,
        "facts": concern.facts,
        "warnings_read": bool(warnings(concern.facts)),
    }
