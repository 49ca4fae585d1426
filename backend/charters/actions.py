"""The verbs of the registry: record that an institution signed, and that its signature ended (CEN-54)."""

from datetime import date
from types import MappingProxyType

import sqlalchemy as sa
from sqlmodel import col

from backend.audit.events import Reference
from backend.authorization.gate import fetch, require
from backend.authorization.work import UnitOfWork
from backend.charters.events import SignatureEnded, SignatureRecorded
from backend.charters.models import CharterSignature
from backend.institutions.models import Institution
from backend.kernel.errors import InvalidInput, WrongMoment
from policies.access import Action
from policies.charter import published

SIGNED = MappingProxyType({"charter_version": "Cette institution a déjà signé cette version."})
"""What is said of a second signature, even when another administrator recorded the first an instant before."""


def record_signature(
    uow: UnitOfWork,
    institution: str,
    *,
    charter_version: str,
    rules_version: str,
    signed_on: date,
    signatory_function: str,
) -> CharterSignature:
    """Record that an institution signed a version of the charter and the règlement intérieur.

    `institution` is its reference; `signatory_function` is a function, never a name. Raises `Forbidden`, or
    `InvalidInput` for an unpublished version, a day to come, or a version that the institution has signed already.
    """
    charter = published().get(charter_version)
    if charter is None:
        raise InvalidInput({"charter_version": "Choisissez une version publiée."})
    signatory = fetch(uow, Institution, institution, to=Action.INSTITUTION_READ)
    signature = CharterSignature(
        institution_id=signatory.id,
        recorded_by=uow.account(),
        kind=charter.kind,
        charter_version=charter_version,
        rules_version=rules_version,
        signed_on=signed_on,
        signatory_function=signatory_function,
    )
    require(uow, signature, Action.CHARTER_SIGNATURE_RECORD)
    if signed_on > uow.today():
        raise InvalidInput({"signed_on": "Une signature ne peut pas être datée dans l'avenir."})
    if uow.session.scalar(sa.select(sa.exists().where(*_lasting_signature(signature)))):
        raise InvalidInput(SIGNED)
    uow.session.add(signature)
    try:
        uow.session.flush()
    except sa.exc.IntegrityError:
        raise InvalidInput(SIGNED) from None
    uow.record(SignatureRecorded(Reference(signature.reference), signatory.id))
    return signature


def _lasting_signature(signature: CharterSignature) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        col(CharterSignature.institution_id) == signature.institution_id,
        col(CharterSignature.charter_version) == signature.charter_version,
        col(CharterSignature.rules_version) == signature.rules_version,
        col(CharterSignature.ended_on).is_(None),
    )


def end_signature(uow: UnitOfWork, reference: str, version: int, *, ended_on: date) -> CharterSignature:
    """Say that a signature no longer binds from a day on: its institution's people read nothing more by it."""
    signature = fetch(uow, CharterSignature, reference, to=Action.CHARTER_SIGNATURE_END, version=version)
    if signature.ended_on is not None:
        raise WrongMoment("Cette signature est déjà terminée.")
    if not signature.signed_on <= ended_on <= uow.today():
        raise InvalidInput({"ended_on": "La fin se place entre la signature et aujourd'hui."})
    signature.ended_on = ended_on
    uow.record(SignatureEnded(Reference(signature.reference), signature.institution_id))
    return signature
