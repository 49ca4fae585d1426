"""How charters and signatures are shown: frozen, each rule with where it comes from."""

from dataclasses import dataclass
from datetime import date

from backend.charters.models import CharterSignature
from policies.charter import Charter


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule as people read it: its words, and its origin, never an invented article."""

    statement: str
    origin: str


@dataclass(frozen=True, slots=True)
class CharterView:
    """A published version of a charter."""

    version: str
    label: str
    kind: str
    valid_from: date
    hypothesis: bool
    rules: tuple[RuleView, ...]


@dataclass(frozen=True, slots=True)
class SignatureView:
    """The signature of an institution; `version` is the row's, for who may end it."""

    reference: str
    institution: str
    charter: str
    rules_version: str
    signed_on: date
    signatory_function: str
    ended_on: date | None
    version: int


def charter_view(charter: Charter) -> CharterView:
    """Give a charter as it is shown, its rules in the order of the procedure."""
    rules = (charter.rule(key) for key in charter.keys())  # noqa: SIM118  a charter is no mapping
    return CharterView(
        version=charter.version,
        label=charter.label,
        kind=charter.kind.label,
        valid_from=charter.valid_from,
        hypothesis=charter.hypothesis,
        rules=tuple(RuleView(rule.statement, rule.origin) for rule in rules),
    )


def signature_view(signature: CharterSignature, institution: str, charter: Charter) -> SignatureView:
    """Give a signature as it is shown."""
    return SignatureView(
        reference=signature.reference,
        institution=institution,
        charter=charter.label,
        rules_version=signature.rules_version,
        signed_on=signature.signed_on,
        signatory_function=signature.signatory_function,
        ended_on=signature.ended_on,
        version=signature.version,
    )
