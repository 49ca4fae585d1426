"""The bare twin: the same forms, rows, pages and server, without sealing, journal, keys, policy or search tokens.

What an ordinary application would be: it knows who asks, validates what is typed, writes rows, draws the same pages.
It is run as a process of its own: `python -m tests.bench.twin PORT DATABASE-URL CENACLE-DATA`.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID, uuid4

import sqlalchemy as sa
import uvicorn
from fastapi import APIRouter, Depends, FastAPI, Request
from pydantic import BaseModel
from sqlmodel import Field, Session, SQLModel, col, select
from starlette.responses import RedirectResponse, Response

from backend.authorization.actor import ANONYMOUS
from backend.authorization.vault import Value
from backend.boards.views import SheetView
from backend.kernel.database import Store, open_store
from backend.kernel.errors import NotFound, Refusal
from backend.kernel.identifiers import new_reference
from backend.settings import Settings
from backend.signalements.models import Signalement
from backend.signalements.states import FactsState
from backend.signalements.views.content import ContentView, signalement_view
from backend.situations.models import Situation
from backend.situations.views import minor_view, situation_view
from backend.web import problems
from backend.web.boundary import Boundary
from backend.web.pages import draw, environment
from backend.web.protocol import BoundedHead
from backend.web.requests import Identified, PersonView
from policies.disclosure import Field as Disclosed
from policies.vocabulary import Origin, Stage

ALL = frozenset(Disclosed)
TOKEN = "jeton-du-jumeau"
CSRF = "jeton-de-la-session"
router = APIRouter()


class TwinRow(SQLModel):
    """A row of the twin."""


class TwinAccount(TwinRow, table=True):
    """Who asks, by the secret of their session or their token."""

    secret: str = Field(primary_key=True)
    account: UUID
    name: str


class TwinDraft(TwinRow, table=True):
    """What was typed, in clear."""

    reference: str = Field(primary_key=True)
    content: str


class TwinReceipt(TwinRow, table=True):
    """A receipt."""

    id: UUID = Field(primary_key=True)
    reference: str = Field(unique=True)
    account: UUID = Field(index=True)
    status: str
    submitted_at: datetime


class TwinSituation(TwinRow, table=True):
    """A situation with its minor, in clear."""

    id: UUID = Field(primary_key=True)
    reference: str = Field(unique=True)
    stage: str
    received_at: datetime
    last_name: str = Field(index=True)
    first_name: str
    birth: str
    person: str


class TwinSignalement(TwinRow, table=True):
    """A signalement, in clear."""

    id: UUID = Field(primary_key=True)
    reference: str = Field(unique=True)
    situation: UUID = Field(index=True)
    receipt: UUID
    submitted_at: datetime
    content: str


class TwinForm(BaseModel):
    """What is submitted, validated by its types alone."""

    immediate_danger: bool = False
    school_offence: bool = False
    radicalisation: bool = False
    residence: str = "known"
    arrondissement: int = 13
    last_name: str
    first_name: str
    birth_date: date
    sex: str
    school_level: str
    qualification: str
    motives: list[str]
    steps: list[str]
    insufficiencies: list[str]
    facts: str | None = None


def _work(request: Request) -> Iterator[Session]:
    store: Store = request.app.state.store
    with store.transaction() as session:
        secret = request.cookies.get("cenacle") or request.headers.get("authorization", "").removeprefix("Bearer ")
        account = session.get(TwinAccount, secret)
        if account is None:
            raise NotFound
        request.state.identified = Identified(
            replace(ANONYMOUS, account=account.account), PersonView(account.name, "Bailleur fictif", ""), CSRF
        )
        request.state.account = account.account
        yield session


Work = Annotated[Session, Depends(_work, scope="function")]


@router.post("/api/v1/signalements", status_code=201)
def submitted(request: Request, session: Work, form: TwinForm) -> dict[str, str]:
    """Submit as a program does."""
    receipt = _submit(session, request.state.account, form)
    return {"reference": receipt.reference, "status": receipt.status, "submitted_at": receipt.submitted_at.isoformat()}


@router.post("/signalements/nouveau")
async def started(request: Request) -> Response:
    """Begin a draft, as a person does."""
    form = await request.form()
    place = {name: form[name] for name in ("residence", "arrondissement")}
    return await _threaded(request, lambda session: _begin(session, place))


@router.post("/signalements/brouillons/{reference}")
async def sent(request: Request, reference: str) -> Response:
    """Send a draft, as a person does."""
    form = await request.form()
    lists = {name: form.getlist(name) for name in ("motives", "steps", "insufficiencies")}
    typed = {name: form[name] for name in form} | lists
    return await _threaded(request, lambda session: _send(session, request.state.account, reference, typed))


@router.get("/api/v1/situations/{reference}")
def read(session: Work, reference: str) -> SheetView:
    """Open a situation as a program does."""
    return _sheet(session, reference)


@router.get("/situations/{reference}")
def opened(request: Request, session: Work, reference: str) -> Response:
    """Open a situation as a person does: the very page."""
    return draw(request, "boards/sheet.html", f"Situation {reference}", _sheet(session, reference))


@router.get("/sante")
def alive() -> dict[str, str]:
    """Answer that the process lives."""
    return {"etat": "en vie"}


async def _threaded(request: Request, act: Any) -> Response:  # noqa: ANN401
    from starlette.concurrency import run_in_threadpool  # noqa: PLC0415

    def work() -> Response:
        works = _work(request)
        session = next(works)
        answer: Response = act(session)
        next(works, None)
        return answer

    return await run_in_threadpool(work)


def _begin(session: Session, typed: dict[str, Any]) -> Response:
    draft = TwinDraft(reference=new_reference(), content=json.dumps(typed))
    session.add(draft)
    return RedirectResponse(f"/signalements/brouillons/{draft.reference}", 303)


def _send(session: Session, account: UUID, reference: str, typed: dict[str, Any]) -> Response:
    draft = session.get_one(TwinDraft, reference)
    day, month, year = str(typed["birth_date"]).split("/")
    form = TwinForm.model_validate({**json.loads(draft.content), **typed, "birth_date": f"{year}-{month}-{day}"})
    session.delete(draft)
    return RedirectResponse(f"/recepisses/{_submit(session, account, form).reference}", 303)


def _submit(session: Session, account: UUID, form: TwinForm) -> TwinReceipt:
    now = datetime.now(UTC)
    receipt = TwinReceipt(id=uuid4(), reference=new_reference(), account=account, status="received", submitted_at=now)
    person = form.model_dump(mode="json", include={"sex", "school_level", "residence", "arrondissement"})
    situation = TwinSituation(
        id=uuid4(),
        reference=new_reference(),
        stage=Stage.RECEIVED,
        received_at=now,
        last_name=form.last_name,
        first_name=form.first_name,
        birth=form.birth_date.isoformat(),
        person=json.dumps({**person, "arrondissement": str(form.arrondissement), "quartier": ""}),
    )
    content: dict[str, object] = {
        "author": {"name": "Dominique Fictif", "function": "responsable de site", "institution": "Bailleur fictif"},
        "qualification": form.qualification,
        "motives": {"motives": form.motives, "necessities": {}},
        "circumstances": {"from": None, "until": None, "periods": [], "place_kinds": [], "place": None},
        "steps": {"steps": form.steps, "insufficiencies": form.insufficiencies},
        "facts": form.facts,
    }
    signalement = TwinSignalement(
        id=uuid4(),
        reference=new_reference(),
        situation=situation.id,
        receipt=receipt.id,
        submitted_at=now,
        content=json.dumps(content),
    )
    session.add_all([receipt, situation, signalement])
    return receipt


def _sheet(session: Session, reference: str) -> SheetView:
    row = session.exec(select(TwinSituation).where(TwinSituation.reference == reference)).one()
    told = session.exec(select(TwinSignalement).where(col(TwinSignalement.situation) == row.id)).all()
    received = row.received_at.replace(tzinfo=UTC)
    person: dict[str, Value] = json.loads(row.person)
    person |= {"last_name": row.last_name, "first_name": row.first_name, "birth": {"date": row.birth}}
    minor = minor_view(person, received.date())
    shown = Situation(
        id=row.id,
        reference=row.reference,
        stage=Stage.of(row.stage),
        received_at=received,
        version=1,
        charter_version="",
    )
    views = [
        signalement_view(
            Signalement(
                reference=one.reference, submitted_at=received, origin=Origin.LANDLORD, facts_state=FactsState.KEPT
            ),
            json.loads(one.content),
            fields=ALL,
            invitation=None,
        )
        for one in told
    ]
    return SheetView(
        content=ContentView(situation_view(shown, "CENOMED fictive 1", minor, fields=ALL), tuple(views)),
        step=1,
        answers=(),
        exits=(),
        exits_to_read=False,
        acts=(("Rattacher à une autre situation", f"/situations/{reference}/rattachement"),),
        primary=("Qualifier la situation", f"/situations/{reference}/qualification"),
        seats=(),
        can_answer=False,
        answer_choices=(),
        limited_since=None,
        retention=None,
        lookers=None,
    )


class TwinHouse:
    """What the pages ask of the house: whether it is a demonstration."""

    def __init__(self) -> None:
        self.settings = Settings(mode="demo")


def main() -> None:
    """Serve the twin on loopback until it is stopped."""
    port, url, slots = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    app = FastAPI()
    app.state.store = store = open_store(url, slots)
    app.state.house, app.state.jinja = TwinHouse(), environment()
    SQLModel.metadata.create_all(store.engine, tables=[SQLModel.metadata.tables[t.__tablename__] for t in TABLES])
    with store.transaction() as session:
        session.execute(sa.delete(TwinAccount))
        session.add(TwinAccount(secret=TOKEN, account=uuid4(), name="Personne fictive"))
    app.include_router(router)
    problems.install(app)

    def answer(request: Request, refusal: Refusal) -> Response:
        return problems.answer(request, refusal)

    served = Boundary(
        app, slots=slots, origins=frozenset({f"http://127.0.0.1:{port}"}), answer=answer, on_fault=problems.on_fault
    )
    uvicorn.run(served, host="127.0.0.1", port=port, http=BoundedHead, access_log=False, log_level="warning")


TABLES: tuple[Any, ...] = (TwinAccount, TwinDraft, TwinReceipt, TwinSituation, TwinSignalement)

if __name__ == "__main__":
    main()
