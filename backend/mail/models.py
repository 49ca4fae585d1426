"""E-mails that wait for their turn: a template and closed values, no text (architecture.md sections 6 and 7)."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from backend.crypto.columns import operational, professional, reference, secret
from backend.kernel.database import MainRow, UtcDateTime
from backend.kernel.identifiers import new_id


class MailOutbox(MainRow, table=True):
    """One message to one professional address; a one-time link is forgotten as soon as it is sent."""

    __tablename__ = "mail_outbox"

    id: UUID = reference(default_factory=new_id, primary_key=True)
    recipient: str = professional(max_length=254)
    template: str = operational(max_length=64)
    content: str = operational(sa_type=sa.Text, default="{}")
    link: str | None = secret(default=None, max_length=255)
    calendar: str | None = professional(default=None, sa_type=sa.Text)
    queued_at: datetime = operational(sa_type=UtcDateTime)
    due_at: datetime = operational(sa_type=UtcDateTime, index=True)
    attempts: int = operational(default=0)
    sent_at: datetime | None = operational(sa_type=UtcDateTime, default=None)
