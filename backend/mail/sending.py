"""The sender: takes what is due, hands it to the SMTP server, tries again later (architecture.md section 6).

A message is claimed before it is sent and marked after: a process killed in between sends it again, never loses it.
A demonstration without an SMTP server writes its messages in a file instead, where they can be read.
"""

import json
import logging
import mailbox
import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.work import House
from backend.mail.models import MailOutbox
from backend.mail.templates import draw
from backend.settings import Settings

LOG = logging.getLogger("cenacle.mail")

BATCH = 20
PATIENCE = 20.0
"""Seconds to wait for the SMTP server."""

DEMO_MAIL = "courriels.mbox"
"""Where a demonstration without an SMTP server writes its messages, in its folder; any mail reader opens it."""

RETRIES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
"""Waits after the first failures; then one hour, until the message is too old."""

GIVEN_UP_AFTER = timedelta(days=7)
"""Age of a message that no longer makes sense: a link has expired by then."""

_METHOD = re.compile(r"^METHOD:([A-Z]+)\r$", re.MULTILINE)

DEFAULT_PORTS = {"smtp": 25, "smtps": 465}


def send_due(house: House) -> int:
    """Send what is due and give how many messages left; none without an SMTP server, outside the demonstration."""
    if house.settings.smtp_url is None and house.settings.mode != "demo":
        return 0
    claimed = _claim(house)
    if not claimed:
        return 0
    sent: list[UUID] = []
    try:
        with _courier(house.settings) as hand_over:
            for message, row in ((_message(house.settings, row, house.clock()), row) for row in claimed):
                try:
                    hand_over(message)
                except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused):
                    LOG.warning("a message was refused by the SMTP server: %s", row.id)
                else:
                    sent.append(row.id)
    except (OSError, smtplib.SMTPException) as fault:
        LOG.warning("the SMTP server cannot be used: %s", type(fault).__name__)
    _mark(house, sent)
    return len(sent)


@contextmanager
def _courier(settings: Settings) -> Iterator[Callable[[EmailMessage], object]]:
    """Give what takes a message away: the SMTP server or, in a demonstration that has none, a file."""
    if settings.smtp_url is not None:
        with _connect(settings.smtp_url.get_secret_value()) as server:
            yield server.send_message
        return
    path = settings.data / DEMO_MAIL
    path.touch(mode=0o600)
    box = mailbox.mbox(path)
    try:
        yield box.add
    finally:
        box.close()


def _claim(house: House) -> list[MailOutbox]:
    """Take due messages, and put their next try off first: two senders never take the same one."""
    with house.transaction() as uow:
        now = uow.now()
        rows = list(
            uow.session.scalars(
                sa.select(MailOutbox)
                .where(
                    col(MailOutbox.sent_at).is_(None),
                    col(MailOutbox.due_at) <= now,
                    col(MailOutbox.queued_at) > now - GIVEN_UP_AFTER,
                )
                .order_by(col(MailOutbox.due_at))
                .limit(BATCH)
                .with_for_update(skip_locked=True)
            )
        )
        for row in rows:
            row.due_at = now + (RETRIES[row.attempts] if row.attempts < len(RETRIES) else timedelta(hours=1))
            row.attempts += 1
        return rows


def _mark(house: House, sent: list[UUID]) -> None:
    if not sent:
        return
    with house.transaction() as uow:
        uow.session.execute(
            sa.update(MailOutbox)
            .where(col(MailOutbox.id).in_(sent))
            .values(sent_at=uow.now(), link=None, calendar=None, content="{}")
        )


def _message(settings: Settings, row: MailOutbox, at: datetime) -> EmailMessage:
    host = _mail_host(settings.public_url)
    values = json.loads(row.content)
    if row.link is not None:
        values["link"] = settings.public_url.rstrip("/") + row.link
    drawn = draw(row.template, values, settings.public_url)
    message = EmailMessage()
    message["Subject"] = drawn.subject
    message["From"] = f"Cénacle <ne-pas-repondre@{host}>"
    message["To"] = row.recipient
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{row.id}@{host}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answer
    message.set_content(drawn.text)
    message.add_alternative(drawn.html, subtype="html")
    if row.calendar is not None:
        _add_calendar(message, row.calendar)
    return message


def _add_calendar(message: EmailMessage, calendar: str) -> None:
    """Add an entry for a diary, twice: diaries read the alternative (RFC 6047), other readers open the file."""
    found = _METHOD.search(calendar)
    if found is None:
        raise ValueError("an entry for a diary says its method")
    data = calendar.encode()
    message.add_alternative(data, "text", "calendar", params={"method": found[1], "charset": "utf-8"}, cte="base64")
    message.add_attachment(data, "application", "ics", filename="reunion.ics")


def _mail_host(public_url: str) -> str:
    host = urlsplit(public_url).hostname or "localhost"
    return "localhost" if _is_loopback(host) else host


def _connect(url: str) -> smtplib.SMTP:
    """Open a connection: TLS from the start or by STARTTLS, except on the machine itself."""
    parts = urlsplit(url)
    host = parts.hostname or "localhost"
    port = parts.port or DEFAULT_PORTS[parts.scheme]
    context = ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=PATIENCE, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=PATIENCE)
    try:
        if parts.scheme != "smtps" and not _is_loopback(host):
            server.starttls(context=context)
        if parts.username is not None:
            server.login(unquote(parts.username), unquote(parts.password or ""))
    except (OSError, smtplib.SMTPException):
        server.close()
        raise
    return server


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
