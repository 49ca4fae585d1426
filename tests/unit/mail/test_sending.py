"""E-mails through a real SMTP server on loopback: what leaves, what never does, what is tried again."""

import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword
from icalendar import Calendar
from pydantic import SecretStr

import backend.tables  # noqa: F401  accounts lead to cells
from backend.audit.events import Reference
from backend.authorization.work import House
from backend.documents.calendar import Invitation, Method, written
from backend.kernel.clock import DrivenClock
from backend.kernel.identifiers import new_reference
from backend.mail.models import MailOutbox
from backend.mail.outbox import queue
from backend.mail.sending import send_due
from backend.mail.templates import FOLDER, draw
from backend.members.events import CredentialChange
from policies.meeting_words import MeetingKind
from tests.support.house import MORNING, new_house

ACCOUNT = Reference(new_reference())
SAID = {
    "invitation": ("link",),
    "credentials_changed": ("day", "change"),
    "credentials_notice": ("day", "change", "account"),
    "sign_in_changed": ("day", "change"),
    "new_device": ("day", "hour", "minute", "software", "system"),
    "review_reminder": ("day", "habilitation", "role"),
    "meeting_convocation": ("link", "day", "hour", "minute", "kind", "meeting"),
    "meeting_moved": ("link", "day", "hour", "minute", "kind", "meeting"),
    "meeting_cancelled": ("link", "day", "hour", "minute", "kind", "meeting"),
    "meeting_availability": ("link", "day", "hour", "minute", "kind", "meeting", "dates"),
    "meeting_agreement": ("link", "day", "hour", "minute", "kind", "meeting"),
    "research_opened": ("link",),
    "transmission_waiting": ("link", "day"),
    "feedback_reminder": ("link", "day"),
    "archive_request": ("opening", "day"),
    "archive_answer": ("opening", "day"),
    "purge_notice": ("number", "day"),
    "agreement_ending": ("link", "number", "day"),
    "rav_convocation": ("day", "hour", "minute", "kind", "meeting"),
    "steering_convocation": ("day", "hour", "minute", "kind", "event"),
    "steering_cancellation": ("day", "hour", "minute", "kind", "event"),
    "departure": ("day",),
    "account_unused": ("day",),
    "account_suspended": ("day",),
    "succession": ("day", "role"),
    "unusual_access": ("day", "number"),
    "journal_checkpoint": ("day", "size", "note"),
    "keys_suspected": ("cell", "day"),
    "rights_task": ("link", "task", "day"),
    "rights_recipient": ("duty", "transmission", "day"),
    "breach_declared": ("day", "hour", "minute"),
    "rav_cancellation": ("day", "hour", "minute", "kind", "meeting"),
}
"""What each message says."""

INVITATION = Invitation(
    method=Method.REQUEST,
    uid=UUID(int=13),
    sequence=1,
    stamped_at=MORNING,
    starts_at=MORNING,
    place="Salle des mariages",
    summary="Réunion de la cellule",
    organizer="coordination@paris.invalid",
    attendee="agent@police.invalid",
)


@dataclass(slots=True)
class PostOffice:
    """What a mail server received; it refuses what it is told to refuse."""

    received: list[EmailMessage] = field(default_factory=list)
    refusing: set[str] = field(default_factory=set)

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any) -> str:  # noqa: ANN401, N802
        if address in self.refusing:
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: ANN401, N802
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.received.append(message)
        return "250 OK"


@pytest.fixture
def office() -> PostOffice:
    return PostOffice()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        number: int = listener.getsockname()[1]
        return number


@pytest.fixture
def server(office: PostOffice) -> Iterator[Controller]:
    running = Controller(
        office,
        hostname="127.0.0.1",
        port=free_port(),
        auth_require_tls=False,
        authenticator=lambda _server, _session, _envelope, _mechanism, data: AuthResult(
            handled=False,
            success=isinstance(data, LoginPassword) and (data.login, data.password) == (b"agent", b"secret:/@"),
        ),
    )
    running.start()
    yield running
    running.stop()


@pytest.fixture
def clock() -> DrivenClock:
    return DrivenClock(MORNING)


@pytest.fixture
def engine_kind(request: pytest.FixtureRequest) -> str:
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture
def house(store_urls: dict[str, str], tmp_path: Path, clock: DrivenClock, server: Controller) -> Iterator[House]:
    built = new_house(store_urls, tmp_path, clock)
    yield with_smtp(built, f"smtp://127.0.0.1:{server.port}")
    built.stores.dispose()


def with_smtp(house: House, url: str | None, public_url: str = "https://cenacle.invalid") -> House:
    changes = {"smtp_url": None if url is None else SecretStr(url), "public_url": public_url}
    return replace(house, settings=house.settings.model_copy(update=changes))


def queued(house: House, to: str = "agent@police.invalid", link: str = "/inscription/abc") -> None:
    with house.transaction() as uow:
        queue(uow, to, "invitation", link=link)


def outbox(house: House) -> list[MailOutbox]:
    with house.transaction() as uow:
        return list(uow.session.scalars(sa.select(MailOutbox)))


@pytest.mark.parametrize("engine_kind", ["sqlite", "postgresql"], indirect=True)
def test_a_message_leaves_once_and_forgets_its_link(house: House, office: PostOffice) -> None:
    queued(house)
    assert send_due(house) == 1
    assert send_due(house) == 0
    (message,) = office.received
    assert message["To"] == "agent@police.invalid"
    assert message["From"] == "Cénacle <ne-pas-repondre@cenacle.invalid>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == MORNING
    text, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    for body in (text, html):
        assert "https://cenacle.invalid/inscription/abc" in body.get_content()
    (row,) = outbox(house)
    assert (row.sent_at, row.link, row.content) == (MORNING, None, "{}")


def test_an_entry_for_a_diary_travels_twice_with_its_method_and_is_forgotten(house: House, office: PostOffice) -> None:
    with house.transaction() as uow:
        queue(
            uow,
            INVITATION.attendee,
            "meeting_moved",
            link=f"/reunions/{ACCOUNT}",
            calendar=written(INVITATION),
            day=uow.today(),
            hour=9,
            minute=5,
            kind=MeetingKind.ORDINARY,
            meeting=ACCOUNT,
        )
    assert send_due(house) == 1
    (message,) = office.received
    bodies = list(message.walk())
    [part] = [part for part in bodies if part.get_content_type() == "text/calendar"]
    assert part.get_param("method") == "REQUEST"
    assert part.get_content_charset() == "utf-8"
    [attached] = list(message.iter_attachments())
    assert (attached.get_content_type(), attached.get_filename()) == ("application/ics", "reunion.ics")
    for found in (part, attached):
        data = found.get_payload(decode=True)
        assert isinstance(data, bytes)
        assert data.decode() == written(INVITATION)
        assert Calendar.from_ical(data)["METHOD"] == "REQUEST"
    body = message.get_body(("plain",))
    assert body is not None
    assert "le 23/11/2026 à 9 h 05" in body.get_content()
    (row,) = outbox(house)
    assert (row.calendar, row.link, row.content) == (None, None, "{}")


def test_words_days_and_references_are_written_in_french(house: House, office: PostOffice) -> None:
    with house.transaction() as uow:
        queue(
            uow,
            "dpo@paris.invalid",
            "credentials_notice",
            day=uow.today(),
            change=CredentialChange.RESET,
            account=ACCOUNT,
        )
    assert send_due(house) == 1
    body = office.received[0].get_body(("plain",))
    assert body is not None
    assert "ont changé le 23/11/2026 : identifiants renouvelés" in body.get_content()
    assert office.received[0]["Subject"].endswith(ACCOUNT)


def test_nothing_leaves_without_a_server_or_before_the_commit(house: House, office: PostOffice) -> None:
    queued(house)
    assert send_due(with_smtp(house, None)) == 0

    class Fault(Exception):  # noqa: N818
        pass

    def refused() -> None:
        with house.transaction() as uow:
            queue(uow, "autre@police.invalid", "invitation", link="/x")
            raise Fault

    with pytest.raises(Fault):
        refused()
    assert send_due(house) == 1
    assert [message["To"] for message in office.received] == ["agent@police.invalid"]


def test_a_server_that_is_away_is_tried_again_later_and_later(house: House, clock: DrivenClock) -> None:
    queued(house)
    away = with_smtp(house, "smtp://127.0.0.1:9")
    waits = []
    for _ in range(5):
        assert send_due(away) == 0
        (row,) = outbox(house)
        waits.append((row.due_at - clock()) / timedelta(minutes=1))
        clock.advance(row.due_at - clock())
    assert waits == [1, 5, 15, 60, 60]
    assert send_due(house) == 1


def test_one_refused_address_does_not_hold_the_others(house: House, office: PostOffice) -> None:
    office.refusing = {"partie@police.invalid"}
    for to in ("partie@police.invalid", "agent@police.invalid"):
        queued(house, to)
    assert send_due(house) == 1
    assert [message["To"] for message in office.received] == ["agent@police.invalid"]


def test_a_message_is_given_up_after_seven_days(house: House, clock: DrivenClock) -> None:
    queued(house)
    clock.advance(timedelta(days=7))
    assert send_due(house) == 0


def test_credentials_of_the_server_are_taken_from_the_address(house: House, server: Controller) -> None:
    queued(house)
    assert send_due(with_smtp(house, f"smtp://agent:faux@127.0.0.1:{server.port}")) == 0
    with house.transaction() as uow:
        uow.session.execute(sa.update(MailOutbox).values(due_at=uow.now()))
    assert send_due(with_smtp(house, f"smtp://agent:secret%3A%2F%40@127.0.0.1:{server.port}")) == 1


def test_a_server_elsewhere_is_never_spoken_to_in_the_clear(
    house: House, server: Controller, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server has no TLS; only the name of its machine changes."""
    monkeypatch.setattr("backend.mail.sending._is_loopback", lambda _host: False)
    queued(house)
    assert send_due(with_smtp(house, f"smtp://127.0.0.1:{server.port}")) == 0
    assert send_due(with_smtp(house, f"smtps://127.0.0.1:{server.port}")) == 0
    assert office.received == []


@pytest.mark.parametrize("value", ["Camille Roux", "agent@police.invalid", 1.5, None, b"x"])
def test_what_could_name_somebody_is_refused_before_it_is_queued(house: House, value: object) -> None:
    with house.transaction() as uow, pytest.raises(TypeError):
        queue(uow, "dpo@paris.invalid", "credentials_notice", account=value)  # type: ignore[arg-type]


def test_an_unknown_template_is_refused(house: House) -> None:
    for name in ("rien", "../boards"):
        with house.transaction() as uow, pytest.raises(ValueError, match=re.escape(name)):
            queue(uow, "dpo@paris.invalid", name)


@pytest.mark.parametrize("template", sorted(folder.name for folder in FOLDER.iterdir()))
def test_every_message_has_a_subject_of_one_line_and_two_bodies_that_say_the_same(template: str) -> None:
    values = dict.fromkeys(SAID[template], "VALEUR")
    drawn = draw(template, values, "https://cenacle.invalid")
    assert drawn.subject.startswith("Cénacle : ")
    assert "\n" not in drawn.subject
    plain = re.sub(r"<[^>]+>", " ", drawn.html.partition("<body>")[2])
    assert plain.split() == drawn.text.split()
    assert not re.search(r"<(img|script|link|style)", drawn.html)


@pytest.mark.parametrize(
    "template, number, said",
    [
        ("purge_notice", 1, "une destruction de plus est annoncée"),
        ("purge_notice", 2, "2 destructions de plus sont annoncées"),
        ("unusual_access", 1, "un accès inhabituel a été relevé"),
        ("unusual_access", 2, "2 accès inhabituels ont été relevés"),
        ("agreement_ending", 1, "un accord d'élimination prend fin, et aucun autre ne le prolonge"),
        ("agreement_ending", 2, "2 accords d'élimination prennent fin, et aucun autre ne les prolonge"),
    ],
)
def test_a_message_counts_in_french(template: str, number: int, said: str) -> None:
    values = dict.fromkeys(SAID[template], "VALEUR") | {"number": number}
    drawn = draw(template, values, "https://cenacle.invalid")
    assert said in drawn.text
    assert said in drawn.html
