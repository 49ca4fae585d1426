"""Work of each day, done once whatever the number of processes: the first one that claims the day does it."""

from datetime import date

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.work import UnitOfWork
from backend.crypto.columns import operational
from backend.kernel.database import MainRow
from policies.precedence import CLOCK_TOLERANCE


class DailyJob(MainRow, table=True):
    """A job, and the last day of Paris on which it ran."""

    __tablename__ = "daily_job"

    name: str = operational(max_length=32, primary_key=True)
    day: date = operational()


def claim_day(uow: UnitOfWork, name: str) -> bool:
    """Take today's run of a job, in the caller's transaction; tell whether it was still to take.

    A clock set back by a day or two does nothing twice. A day further ahead was claimed on a clock that jumped: it
    would keep the job for ever.
    """
    today = uow.today()
    day, ahead = col(DailyJob.day), today + CLOCK_TOLERANCE
    statement = sa.update(DailyJob).where(col(DailyJob.name) == name, sa.or_(day < today, day > ahead))
    statement = statement.values(day=today)
    if uow.session.connection().execute(statement).rowcount:
        return True
    if uow.session.scalar(sa.select(sa.exists().where(col(DailyJob.name) == name))):
        return False
    uow.session.add(DailyJob(name=name, day=today))
    uow.session.flush()
    return True
