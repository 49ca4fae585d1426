"""Requests of persons, what each cell searched, the situations recognised, the recipients told.

The register itself names nobody. Who is looked for is sealed in each cell that is asked, an export in the cell of its
situation; both are destroyed with the answer, the export with its situation if that goes first.
"""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.crypto.columns import identifier, nominative, operational, sensitive
from backend.crypto.sealed import Sealed
from backend.kernel.database import MainRow, UtcDateTime, WordType
from backend.kernel.identifiers import new_id, new_reference
from backend.kernel.lists import WordsType
from backend.situations.models import of_situation
from policies.rights_words import (
    AuthorityCheck,
    Decision,
    ExtensionGround,
    FindingState,
    IdentityCheck,
    Maskable,
    ParquetConsent,
    RecipientDuty,
    RefusalGround,
    Requester,
    RequestState,
    ReturnGround,
    Right,
    SearchState,
)


class RightsRequest(MainRow, table=True):
    """A line of the register: what is asked and by whom in closed words, the deadline, how it ended; nobody's name."""

    __tablename__ = "rights_request"
    __table_args__ = (sa.Index("ix_rights_request_state_due", "state", "due_on", "id"),)

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    reference: str = identifier(default_factory=new_reference, max_length=16, unique=True)
    claim: Right = operational(sa_type=WordType(Right))
    requester: Requester = operational(sa_type=WordType(Requester))
    identity_check: IdentityCheck = operational(sa_type=WordType(IdentityCheck))
    authority_check: AuthorityCheck | None = operational(default=None, sa_type=WordType(AuthorityCheck))
    received_on: date = operational()
    due_on: date = operational()
    extension: ExtensionGround | None = operational(default=None, sa_type=WordType(ExtensionGround))
    extension_told_on: date | None = operational(default=None)
    state: RequestState = operational(default=RequestState.OPEN, sa_type=WordType(RequestState))
    decision: Decision | None = operational(default=None, sa_type=WordType(Decision))
    ground: RefusalGround | None = operational(default=None, sa_type=WordType(RefusalGround))
    registered_by: UUID = identifier()
    registered_at: datetime = operational(sa_type=UtcDateTime)
    decided_by: UUID | None = identifier(default=None)
    decided_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    answered_on: date | None = operational(default=None)
    version: int = operational(default=1)


class RightsSearch(MainRow, table=True):
    """What one cell is asked: who is looked for, sealed for that cell alone, and whether it knows the person."""

    __tablename__ = "rights_search"
    __table_args__ = (
        sa.UniqueConstraint("request_id", "cell_id"),
        sa.Index("ix_rights_search_cell_asked", "cell_id", "asked_at", "id"),
    )
    __subject__: ClassVar[str] = "id"

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    reference: str = identifier(default_factory=new_reference, max_length=16, unique=True)
    request_id: UUID = identifier(foreign_key="rights_request.id", ondelete="CASCADE")
    cell_id: UUID = identifier(foreign_key="cell.id")
    state: SearchState = operational(default=SearchState.ASKED, sa_type=WordType(SearchState))
    person: Sealed | None = nominative(default=None)
    asked_at: datetime = operational(sa_type=UtcDateTime)
    due_on: date = operational()
    answered_by: UUID | None = identifier(default=None)
    answered_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    apart: int = operational(default=0)
    version: int = operational(default=1)


class RightsFinding(MainRow, table=True):
    """A situation in which a cell recognised the person: its export, whether the request freezes it, what was done."""

    __tablename__ = "rights_finding"
    __table_args__ = (*of_situation("rights_finding"), sa.UniqueConstraint("search_id", "situation_id"))
    __subject__: ClassVar[str] = "id"

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    reference: str = identifier(default_factory=new_reference, max_length=16, unique=True)
    search_id: UUID = identifier(foreign_key="rights_search.id", ondelete="CASCADE")
    situation_id: UUID = identifier(index=True)
    cell_id: UUID = identifier()
    state: FindingState = operational(default=FindingState.FOUND, sa_type=WordType(FindingState))
    limiting: bool = operational(default=False)
    masked: tuple[Maskable, ...] = operational(default=(), sa_type=WordsType(Maskable))
    parquet: ParquetConsent = operational(default=ParquetConsent.NOT_CONSULTED, sa_type=WordType(ParquetConsent))
    content: Sealed | None = sensitive(default=None)
    prepared_by: UUID | None = identifier(default=None)
    prepared_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    return_ground: ReturnGround | None = operational(default=None, sa_type=WordType(ReturnGround))
    signed_by: UUID | None = identifier(default=None)
    signed_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    rectified_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    lifted_at: datetime | None = operational(default=None, sa_type=UtcDateTime)
    lifting_told_on: date | None = operational(default=None)
    version: int = operational(default=1)

    @classmethod
    def keeping(cls) -> sa.Select[UUID]:
        """Give the situations that an unanswered request is about: they stay in the active base until its answer."""
        return (
            sa.select(col(cls.situation_id))
            .join(RightsSearch, col(RightsSearch.id) == col(cls.search_id))
            .join(RightsRequest, col(RightsRequest.id) == col(RightsSearch.request_id))
            .where(col(RightsRequest.state) != RequestState.ANSWERED)
        )


class RightsNotice(MainRow, table=True):
    """A recipient that was told of a rectification, an erasure or a limitation (RGPD, article 19); it names nobody."""

    __tablename__ = "rights_notice"

    id: UUID = identifier(default_factory=new_id, primary_key=True)
    request_id: UUID = identifier(foreign_key="rights_request.id", ondelete="CASCADE", index=True)
    institution_id: UUID = identifier(foreign_key="institution.id")
    duty: RecipientDuty = operational(sa_type=WordType(RecipientDuty))
    people: int = operational()
    told_at: datetime = operational(sa_type=UtcDateTime)
