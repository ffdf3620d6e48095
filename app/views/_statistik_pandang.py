"""What an address of the statistics asks for, after its right was checked: of whom, which days, what of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import abort, request
from sqlalchemy import select
from sqlmodel import Session, col

from app import words_monthly
from app.forms.statistik import NONE
from app.frame import organisation_id, parts, standing, zone
from app.models import Account, Organisation
from app.queries import board, periods
from app.queries.board import Board
from app.queries.figures import Scope
from app.queries.periods import Period
from app.rights import object_of, reach
from app.words_statistik import TASKS

#: Longest name of a desa in an address.
_LONGEST = 80


@dataclass(frozen=True)
class Look:
    """What an address asks for: its board, whose name it wears, and the address's own arguments."""

    board: Board
    name: str
    area: list[tuple[int, str]]
    args: dict[str, Any]
    account: str | None


def here_now() -> None:
    """Make ?organisasi=ID the organisation of this request, else one's own; 404 for one that is not theirs."""
    asked = request.args.get("organisasi", "")
    if asked and not whole(asked):
        abort(404)
    object_of(int(asked) if asked else organisation_id(), stay=False)


def look(now: datetime) -> Look:
    """What the address asks for, after its right was checked; 404 for an organisation that is not theirs."""
    here_now()
    place, here = organisation_id(), zone()
    period = periods.read(request.args.get("masa", ""), here, now)
    args: dict[str, Any] = {"masa": period.key}
    with parts().db.read() as session:
        area = _area(session)
        wide = bool(request.args.get("wilayah")) and len(area) > 1
        # The organisation of the page comes first: it gives the zone.
        ids = (place, *(id_ for id_, _ in area if id_ != place)) if wide else (place,)
        scope = _narrowed(ids, args)
        if wide:
            args["wilayah"] = "1"
        if len(area) > 1:
            args["organisasi"] = str(place)
        account = _account(session, scope)
        found = board.read(session, scope, period, now, TASKS)
    current = standing().organisation
    name = "Seluruh wilayah" if wide else current.name if current else ""
    return Look(found, name, area, args, account)


def _narrowed(ids: tuple[int, ...], args: dict[str, Any]) -> Scope:
    """The filters of the address, which are noted in ``args`` as far as they mean something."""
    task, village, account = (request.args.get(name, "").strip() for name in ("tugas", "desa", "akun"))
    if task in TASKS or task == NONE:
        args["tugas"] = task
    if village and len(village) <= _LONGEST:
        args["desa"] = village
    if whole(account):
        args["akun"] = account
    given = {name: "" if args[name] == NONE else args[name] for name in ("tugas", "desa") if name in args}
    return Scope(ids, int(account) if "akun" in args else None, given.get("tugas"), given.get("desa"))


def _account(session: Session, scope: Scope) -> str | None:
    """The name of the account that is looked at; 404 for one of another organisation."""
    if scope.account_id is None:
        return None
    row = session.execute(
        select(col(Account.name)).where(
            col(Account.id) == scope.account_id, col(Account.organisation_id).in_(scope.organisations)
        )
    ).first()
    if row is None:
        abort(404)
    return str(row[0])


def _area(session: Session) -> list[tuple[int, str]]:
    """The organisations whose statistics this person may see, by name."""
    ids = reach(session, standing().person_id, "statistik.lihat")
    if len(ids) < 2:
        return []
    rows = session.execute(
        select(col(Organisation.id), col(Organisation.name)).order_by(col(Organisation.name), col(Organisation.id))
    )
    return [(id_, name) for id_, name in rows if id_ in ids]


def whole(given: str) -> bool:
    """Whether this is a number of ours."""
    return given.isascii() and given.isdecimal() and len(given) < 10


def month(period: Period) -> tuple[str, str]:
    """(key, words) of the month whose report is offered: the one that is looked at, else the last whole one."""
    first = period.first if period.is_month else period.last.replace(day=1) - timedelta(days=1)
    return f"{first:%Y-%m}", words_monthly.month(first.year, first.month)
