"""Accounts, credentials, sessions, habilitations, what people undertook (domain.md section 2; R11, R13, R16).

What is random (sessions, links, recovery codes) is stored hashed only; the TOTP secret is wrapped by the keyring.
"""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from backend.crypto.columns import operational, organisational, professional, reference, secret
from backend.kernel.database import MainRow, UtcDateTime
from backend.kernel.identifiers import new_id, new_reference
from policies.habilitation import AccountStatus, HabilitationState
from policies.vocabulary import Word


class SessionKind(Word):
    """What a session is good for: only a full one, or a token, acts."""

    ENROLMENT = "enrolment", "inscription en cours"
    SECOND_FACTOR = "second_factor", "second facteur attendu"
    FULL = "full", "navigateur"
    TOKEN = "token", "jeton d'API"


class Account(MainRow, table=True):
    """A person at work: one account each, never shared (R13)."""

    id: UUID = reference(default_factory=new_id, primary_key=True)
    institution_id: UUID = reference(foreign_key="institution.id", index=True)
    credentials_by: UUID | None = reference(default=None)
    reference: str = reference(default_factory=new_reference, max_length=16, unique=True)
    email: str = professional(max_length=254, unique=True)
    display_name: str = professional(max_length=120)
    function: str = professional(max_length=120)
    status: str = operational(max_length=16, default=AccountStatus.INVITED)
    password_hash: str | None = secret(default=None, max_length=255)
    totp_wrapped: bytes | None = secret(default=None, sa_type=sa.LargeBinary)
    totp_confirmed_at: datetime | None = operational(sa_type=UtcDateTime, default=None)
    totp_last_step: int | None = operational(default=None, sa_type=sa.BigInteger)
    created_at: datetime = operational(sa_type=UtcDateTime)
    last_sign_in_at: datetime | None = operational(sa_type=UtcDateTime, default=None)
    version: int = operational(default=1)


class RecoveryCode(MainRow, table=True):
    """One of the eight codes that replace the application once."""

    __tablename__ = "recovery_code"

    id: UUID = reference(default_factory=new_id, primary_key=True)
    account_id: UUID = reference(foreign_key="account.id", index=True, ondelete="CASCADE")
    code_hash: bytes = secret(sa_type=sa.LargeBinary, unique=True)
    used_at: datetime | None = operational(sa_type=UtcDateTime, default=None)


class AccountSession(MainRow, table=True):
    """A signed-in browser or a bearer token; ending the row ends it within the request."""

    __tablename__ = "account_session"

    id: UUID = reference(default_factory=new_id, primary_key=True)
    account_id: UUID = reference(foreign_key="account.id", index=True, ondelete="CASCADE")
    kind: str = operational(max_length=16)
    secret_hash: bytes | None = secret(sa_type=sa.LargeBinary, unique=True, default=None)
    means: str | None = operational(max_length=16, default=None)
    device_id: UUID | None = reference(foreign_key="known_device.id", index=True, default=None, ondelete="SET NULL")
    id_token_wrapped: bytes | None = secret(default=None, sa_type=sa.LargeBinary)
    challenge: bytes | None = secret(default=None, sa_type=sa.LargeBinary)
    challenged_at: datetime | None = operational(sa_type=UtcDateTime, default=None)
    created_at: datetime = operational(sa_type=UtcDateTime)
    last_seen_at: datetime = operational(sa_type=UtcDateTime)
    stepped_up_at: datetime | None = operational(sa_type=UtcDateTime, default=None)
    locked_at: datetime | None = operational(sa_type=UtcDateTime, default=None)
    sitting_until: datetime | None = operational(sa_type=UtcDateTime, default=None)
    ended_at: datetime | None = operational(sa_type=UtcDateTime, default=None)


class KnownDevice(MainRow, table=True):
    """A browser in which somebody signed in, recognised by a cookie of its own; what it is, in two closed words."""

    __tablename__ = "known_device"
    __table_args__ = (sa.UniqueConstraint("account_id", "secret_hash"),)

    id: UUID = reference(default_factory=new_id, primary_key=True)
    account_id: UUID = reference(foreign_key="account.id", index=True, ondelete="CASCADE")
    secret_hash: bytes = secret(sa_type=sa.LargeBinary)
    software: str = operational(max_length=16)
    system: str = operational(max_length=16)
    first_seen_at: datetime = operational(sa_type=UtcDateTime)
    last_seen_at: datetime = operational(sa_type=UtcDateTime, index=True)


class Passkey(MainRow, table=True):
    """The public half of a passkey: a second factor that no other site can ask for (WebAuthn)."""

    id: UUID = reference(default_factory=new_id, primary_key=True)
    account_id: UUID = reference(foreign_key="account.id", index=True, ondelete="CASCADE")
    reference: str = reference(default_factory=new_reference, max_length=16, unique=True)
    credential: bytes = secret(sa_type=sa.LargeBinary, unique=True)
    public_key: bytes = secret(sa_type=sa.LargeBinary)
    uses: int = operational(default=0, sa_type=sa.BigInteger)
    kind: str = operational(max_length=16)
    created_at: datetime = operational(sa_type=UtcDateTime)
    last_used_at: datetime | None = operational(sa_type=UtcDateTime, default=None)


class ProviderIdentity(MainRow, table=True):
    """The identity at the provider that opens an account: a hash of who vouches and of its `sub` (R17)."""

    __tablename__ = "provider_identity"

    id: UUID = reference(default_factory=new_id, primary_key=True)
    account_id: UUID = reference(foreign_key="account.id", unique=True, ondelete="CASCADE")
    identity_hash: bytes = secret(sa_type=sa.LargeBinary, unique=True)
    linked_at: datetime = operational(sa_type=UtcDateTime)


class ProviderRequest(MainRow, table=True):
    """A browser gone to the provider: good for one answer; with a session, that answer links an identity to it."""

    __tablename__ = "provider_request"

    id: UUID = reference(default_factory=new_id, primary_key=True)
    session_id: UUID | None = reference(foreign_key="account_session.id", default=None, ondelete="CASCADE")
    secret_hash: bytes = secret(sa_type=sa.LargeBinary, unique=True)
    following: str = operational(max_length=200)
    asked_at: datetime = operational(sa_type=UtcDateTime, index=True)


class SignInThrottle(MainRow, table=True):
    """Failures in a row of one account or one network; the key is a hash, nobody's address is kept."""

    __tablename__ = "sign_in_throttle"

    key_hash: bytes = secret(sa_type=sa.LargeBinary, primary_key=True)
    failures: int = operational(default=0)
    last_attempt_at: datetime = operational(sa_type=UtcDateTime, index=True)
    blocked_until: datetime | None = operational(sa_type=UtcDateTime, default=None)


class EnrolmentLink(MainRow, table=True):
    """A one-time link sent by e-mail; useless without the code that is given by phone."""

    __tablename__ = "enrolment_link"

    id: UUID = reference(default_factory=new_id, primary_key=True)
    account_id: UUID = reference(foreign_key="account.id", index=True, ondelete="CASCADE")
    token_hash: bytes = secret(sa_type=sa.LargeBinary, unique=True)
    code_hash: bytes = secret(sa_type=sa.LargeBinary)
    attempts: int = operational(default=0)
    expires_at: datetime = operational(sa_type=UtcDateTime, index=True)
    consumed_at: datetime | None = operational(sa_type=UtcDateTime, default=None)


class Habilitation(MainRow, table=True):
    """A person, a cell or the city, a role, from and until: proposed, granted and confirmed by three other people."""

    __table_args__ = (
        sa.CheckConstraint("granted_by <> account_id AND granted_by <> proposed_by", name="granted_by_another"),
        sa.CheckConstraint("proposed_by <> account_id", name="proposed_by_another"),
        sa.CheckConstraint(
            "confirmed_by <> account_id AND confirmed_by <> proposed_by AND confirmed_by <> granted_by",
            name="confirmed_by_another",
        ),
        sa.CheckConstraint("valid_until IS NULL OR valid_until >= valid_from", name="ends_after_start"),
    )

    id: UUID = reference(default_factory=new_id, primary_key=True)
    account_id: UUID = reference(foreign_key="account.id", index=True, ondelete="CASCADE")
    cell_id: UUID | None = reference(foreign_key="cell.id", index=True, default=None)
    proposed_by: UUID | None = reference(default=None)
    granted_by: UUID | None = reference(default=None)
    confirmed_by: UUID | None = reference(default=None)
    reference: str = reference(default_factory=new_reference, max_length=16, unique=True)
    role: str = organisational(max_length=32)
    confirmer: str = organisational(max_length=16)
    state: str = operational(max_length=16, default=HabilitationState.PROPOSED)
    valid_from: date = operational()
    valid_until: date | None = operational(default=None)
    designation: str | None = organisational(max_length=64, default=None)
    reviewed_on: date | None = operational(default=None)
    ended_on: date | None = operational(default=None)
    version: int = operational(default=1)


class CharterAcceptance(MainRow, table=True):
    """A person accepted a version of the charter and of the règlement intérieur."""

    __tablename__ = "charter_acceptance"
    __table_args__ = (sa.UniqueConstraint("account_id", "charter_version"),)

    id: UUID = reference(default_factory=new_id, primary_key=True)
    account_id: UUID = reference(foreign_key="account.id", ondelete="CASCADE")
    charter_version: str = organisational(max_length=64)
    rules_version: str = organisational(max_length=64)
    accepted_at: datetime = operational(sa_type=UtcDateTime)


class Undertaking(MainRow, table=True):
    """A person accepted a confidentiality undertaking or clause."""

    __table_args__ = (sa.UniqueConstraint("account_id", "kind"),)

    id: UUID = reference(default_factory=new_id, primary_key=True)
    account_id: UUID = reference(foreign_key="account.id", ondelete="CASCADE")
    kind: str = organisational(max_length=32)
    accepted_at: datetime = operational(sa_type=UtcDateTime)


class Exclusion(MainRow, table=True):
    """A person or an institution was excluded for a breach, at once, on a coded ground (R11)."""

    __table_args__ = (sa.CheckConstraint("(account_id IS NULL) <> (institution_id IS NULL)", name="one_excluded"),)

    id: UUID = reference(default_factory=new_id, primary_key=True)
    account_id: UUID | None = reference(foreign_key="account.id", index=True, default=None, ondelete="CASCADE")
    institution_id: UUID | None = reference(foreign_key="institution.id", index=True, default=None)
    ground: str = operational(max_length=32)
    decided_by: UUID = reference()
    decided_at: datetime = operational(sa_type=UtcDateTime)


class NamesakeTally(MainRow, table=True):
    """How often somebody opened a namesake on each day of a month, sealed: one row for all who open anything."""

    __tablename__ = "namesake_tally"
    __table_args__ = (sa.UniqueConstraint("account_id", "month"),)

    id: UUID = reference(default_factory=new_id, primary_key=True)
    account_id: UUID = reference(foreign_key="account.id", ondelete="CASCADE")
    month: str = operational(max_length=7)
    wrapped: bytes = secret(sa_type=sa.LargeBinary)
