"""Forms and JSON bodies: closed shapes, French errors next to their field, nothing echoed, nothing lost.

Each feature declares its shapes in its own `forms.py`, as pydantic models on `Shape`; HTML and JSON share them.
"""

import hmac
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Annotated, Any, TypeVar, get_origin
from urllib.parse import parse_qsl

from fastapi import Depends, Request
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from backend.authorization.idempotency import Sending
from backend.kernel.errors import Forbidden, InvalidInput
from backend.web.requests import Identified, Work

FIELD_LIMIT = 400
"""Fields of one form; the longest has about sixty."""


VERSION_DIGITS = 10
"""Digits of a version, which Python and the database both hold."""

KEY_LENGTH = 64
"""Characters of an idempotency key, at most: a column keeps it."""

PLUMBING = frozenset({"csrf", "version", "idempotency", "act"})
"""Fields that serve the page, not the shape."""


class Shape(BaseModel):
    """A body: unknown fields are refused, values are frozen and never printed."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    def __repr__(self) -> str:
        """Show the shape alone."""
        return f"<{type(self).__name__}>"

    __str__ = __repr__


ShapeT = TypeVar("ShapeT", bound=Shape)


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a posted form, in order; a field may come several times."""

    fields: tuple[tuple[str, str], ...]

    def one(self, name: str) -> str:
        """Give the last value of a field, or an empty text."""
        return next((value for key, value in reversed(self.fields) if key == name), "")

    def every(self, name: str) -> tuple[str, ...]:
        """Give every value of a field."""
        return tuple(value for key, value in self.fields if key == name)

    def typed(self) -> Mapping[str, Any]:
        """Give what was typed as templates show it back: a text per field, a tuple where there are several."""
        names = dict.fromkeys(key for key, _ in self.fields)
        return {name: values[0] if len(values := self.every(name)) == 1 else values for name in names}


def read_fields(request: Request) -> Form:
    """Give the posted form; raise `InvalidInput` when it is no form."""
    body: bytes = request.scope["cenacle.body"]
    try:
        fields = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=FIELD_LIMIT, errors="strict")
        _refuse_nul(fields)
    except ValueError:
        raise InvalidInput({}, "Ce formulaire n'a pas pu être lu. Rechargez la page, puis recommencez.") from None
    return Form(tuple((name, value.replace("\r\n", "\n")) for name, value in fields))


def _refuse_nul(fields: Iterable[tuple[str, str]]) -> None:
    """Raise `ValueError` for a NUL, which no browser types and PostgreSQL refuses."""
    if any("\0" in name or "\0" in value for name, value in fields):
        raise ValueError("NUL")


def read_form(request: Request, _uow: Work) -> Form:
    """Give the posted form of somebody signed in; raise `Forbidden` unless it carries the session's token back."""
    form = read_fields(request)
    identified: Identified = request.state.identified
    if not hmac.compare_digest(identified.csrf.encode(), form.one("csrf").encode()):
        raise Forbidden("Cette page a expiré. Rechargez-la, puis recommencez.")
    return Form(tuple((name, value) for name, value in form.fields if name != "csrf"))


PostedForm = Annotated[Form, Depends(read_form, scope="function")]
"""The form of a page, posted by the person whom its unit of work knows."""

OpenForm = Annotated[Form, Depends(read_fields, scope="function")]
"""The form of a page without session, such as sign-in: the boundary has checked where it comes from."""


def version_of(form: Form) -> int:
    """Give the version that the page showed; raise `InvalidInput` when the form carries none."""
    text = form.one("version")
    if not (text.isascii() and text.isdigit() and len(text) < VERSION_DIGITS):
        raise InvalidInput({}, "Cette page est incomplète. Rechargez-la, puis recommencez.")
    return int(text)


def sending_of(request: Request, form: Form) -> Sending | None:
    """Give the sending that a form of the mode séance is: None when the page runs no script, so sends once."""
    key = form.one("idempotency")
    if len(key) > KEY_LENGTH:
        raise InvalidInput({}, "Cette page est incomplète. Rechargez-la, puis recommencez.")
    return Sending(key, request.scope["cenacle.body"]) if key else None


def read(shape: type[ShapeT], form: Form, given: Mapping[str, object] = MappingProxyType({})) -> ShapeT:
    """Give the shape that a form fills; raise `InvalidInput` with a French sentence per field.

    A field whose type is a collection takes every value of its name, the others the last one; an empty text is absent.
    What is `given` was asked on an earlier page, and the form cannot change it.
    """
    if {name for name, _ in form.fields} - shape.model_fields.keys() - PLUMBING:
        # The name of a field is typed too, by who forges a page: it is not repeated.
        raise InvalidInput({}, "Ce formulaire contient un champ qui n'est pas prévu. Rechargez la page.")
    values: dict[str, object] = {}
    for name, field in shape.model_fields.items():
        if name in given:
            values[name] = given[name]
        elif get_origin(field.annotation) in {tuple, frozenset}:
            values[name] = [value for value in form.every(name) if value]
        elif (value := form.one(name).strip()) != "":
            values[name] = value
    return fill(shape, values)


def fill(shape: type[ShapeT], values: Mapping[str, object]) -> ShapeT:
    """Give the shape that some values fill; raise `InvalidInput` with a French sentence per field."""
    try:
        return shape.model_validate(values)
    except ValidationError as errors:
        raise InvalidInput(french_errors(errors.errors(include_input=False, include_url=False))) from None


def french_errors(errors: Iterable[ErrorDetails]) -> dict[str, str]:
    """Give a French sentence per field that says what to do; the first error of a field wins, no value is repeated."""
    sentences: dict[str, str] = {}
    for error in errors:
        names = [str(part) for part in error["loc"] if part not in {"body", "query", "path"}]
        sentences.setdefault(names[0] if names else "", _sentence(error))
    return sentences


_SENTENCES = {
    "missing": "Renseignez ce champ.",
    "extra_forbidden": "Ce champ n'est pas prévu : retirez-le.",
    "string_too_short": "Renseignez ce champ.",
    "too_short": "Choisissez au moins une réponse.",
    "too_long": "Choisissez moins de réponses.",
    "enum": "Choisissez une réponse de la liste.",
    "literal_error": "Choisissez une réponse de la liste.",
    "date_from_datetime_parsing": "Écrivez la date sous la forme JJ/MM/AAAA.",
    "date_parsing": "Écrivez la date sous la forme JJ/MM/AAAA.",
    "date_type": "Écrivez la date sous la forme JJ/MM/AAAA.",
    "int_parsing": "Écrivez un nombre entier.",
    "int_type": "Écrivez un nombre entier.",
    "bool_parsing": "Répondez par oui ou par non.",
    "bool_type": "Répondez par oui ou par non.",
    "json_invalid": "Le corps de la requête n'est pas un JSON valide.",
}


def _sentence(error: ErrorDetails) -> str:
    kind = error["type"]
    limits = error.get("ctx", {})
    if limits.get("field_type") == "Value":  # a text that a validator of ours cleaned before its length was counted
        kind = {"too_long": "string_too_long", "too_short": "string_too_short"}.get(kind, kind)
    if kind == "string_too_long":
        return f"Raccourcissez ce texte : {limits['max_length']} caractères au plus."
    if kind in {"greater_than_equal", "less_than_equal"}:
        bound = limits.get("ge", limits.get("le"))
        return f"Écrivez un nombre {'au moins' if 'ge' in limits else 'au plus'} égal à {bound}."
    if kind.startswith("cenacle_"):
        return error["msg"]
    return _SENTENCES.get(kind, "Vérifiez ce champ.")


def refuse(code: str, sentence: str) -> PydanticCustomError:
    """Give the error of a validator: a stable code and a French sentence that says what to do."""
    return PydanticCustomError(f"cenacle_{code}", "{sentence}", {"sentence": sentence})


def _one_line(text: str) -> str:
    return _clean(" ".join(text.split()), allowed=frozenset())


def _several_lines(text: str) -> str:
    return _clean(text.strip(), allowed=frozenset("\n"))


def _clean(text: str, allowed: frozenset[str]) -> str:
    text = unicodedata.normalize("NFC", text)
    if any(unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn"} and char not in allowed for char in text):
        raise refuse("invisible", "Ce texte contient des caractères invisibles : effacez-le et retapez-le.")
    return text


def _french_date(value: object) -> object:
    typed = _TYPED_DAY.fullmatch(value.strip()) if isinstance(value, str) else None
    return value if typed is None else f"{typed['year']}-{typed['month']:0>2}-{typed['day']:0>2}"


_TYPED_DAY = re.compile(r"(?P<day>\d{1,2})[/. -]?(?P<month>\d{1,2})[/. -]?(?P<year>\d{4})", re.ASCII)

Line = Annotated[str, AfterValidator(_one_line)]
"""A text of one line: normalised, without control, bidirectional or other invisible characters."""

Paragraphs = Annotated[str, AfterValidator(_several_lines)]
"""A text of several lines, cleaned the same way."""


def _french_flag(value: object) -> object:
    return {"oui": True, "non": False}.get(value, value) if isinstance(value, str) else value


Flag = Annotated[bool, BeforeValidator(_french_flag)]
"""A yes or a no: « oui » and « non » in pages, true and false in JSON."""

Day = Annotated[date, BeforeValidator(_french_date)]
"""A day, as JJ/MM/AAAA in pages (a numeric keypad may lack the slash: 16032010 is read too) and ISO 8601 in JSON."""
