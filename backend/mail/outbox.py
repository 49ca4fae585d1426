"""How features ask for an e-mail: a template and closed values, in their own transaction (architecture.md 6 and 7).

No sentence and no name can travel: a value is a closed word, a day, a number or an opaque reference.
"""

import json
from datetime import date

from backend.audit.checkpoints import SignedNote
from backend.audit.events import is_reference
from backend.authorization.work import UnitOfWork
from backend.mail.models import MailOutbox
from backend.mail.templates import FOLDER
from policies.vocabulary import Word

Value = Word | date | int | str | SignedNote
"""What a message may say; a `str` is an opaque reference, a note a checkpoint of the journal."""


def queue(
    uow: UnitOfWork, to: str, template: str, *, link: str | None = None, calendar: str | None = None, **values: Value
) -> None:
    """Queue one message to a professional address, sent once the transaction is durable.

    `template` is a folder of `templates/emails`; `link` is a path of ours, `calendar` an entry for a diary as
    `documents.calendar` writes it, both forgotten as soon as the message is sent. Raises `ValueError` for a template
    that does not exist, `TypeError` for a value that could say who somebody is.
    """
    if not (FOLDER / template / "subject.txt").is_file():
        raise ValueError(template)
    content = json.dumps({name: _plain(value) for name, value in values.items()}, ensure_ascii=False)
    uow.session.add(
        MailOutbox(
            recipient=to,
            template=template,
            content=content,
            link=link,
            calendar=calendar,
            queued_at=uow.now(),
            due_at=uow.now(),
        )
    )


def _plain(value: Value) -> str | int:
    if isinstance(value, Word):
        return value.label
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, SignedNote):
        return value.text
    if isinstance(value, int) or is_reference(value):
        return value
    raise TypeError("an e-mail says closed words, days, numbers, references and checkpoints only")
