"""The list of regions, read only."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session, col, select

from app.models import Region
from app.problems import Problem
from app.services.region_lines import code_of


def listed(session: Session, *, under: str | None = None, level: str | None = None) -> list[dict[str, Any]]:
    """Rows of code, name, level and parent, by code. under: this region and what is within; Problem unknown_region."""
    rows = select(Region.code, Region.name, Region.level, Region.parent_code).order_by(col(Region.code))
    if under is not None:
        code = code_of(under)
        if code is None or session.get(Region, code) is None:
            raise Problem("unknown_region", field="under", code=under)
        inside = col(Region.code).startswith(f"{code}.", autoescape=True)
        rows = rows.where((col(Region.code) == code) | inside)
    if level is not None:
        rows = rows.where(Region.level == level)
    return [
        {"code": code, "name": name, "level": kind, "parent": parent} for code, name, kind, parent in session.exec(rows)
    ]
