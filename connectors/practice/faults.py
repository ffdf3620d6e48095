"""The switches that make the platform fail: rules kept in the database, used up one call at a time."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from connectors.practice.errors import GraphError, bad_token
from connectors.practice.store import Store

#: Kinds of call that a rule can name; ``any`` is all of them.
PLACES = (
    "photo",
    "feed",
    "flip",
    "container",
    "publish",
    "reply",
    "message",
    "hide",
    "delete",
    "edit",
    "comments",
    "insights",
    "read",
    "any",
)
#: What happens. Those in ACTS do what was asked before the answer is spoilt (``acted`` in params: "refused" does too).
ACTS = (
    "lost_answer",
    "error_500_acted",
    "html_502_acted",
    "truncated",
    "empty",
    "untyped",
    "slow",
    "behind",
    "container_error",
    "container_expired",
    "container_slow",
)
REFUSES = ("error_500", "html_502", "dropped", "stalled", "rate_limit", "expired_token", "permission", "refused")
_REGAIN_MINUTES = 5


@dataclass(frozen=True, slots=True)
class Fault:
    """One rule as it strikes a call.

    ``params``: seconds (slow, stalled, container_slow), code, subcode, message, minutes (rate_limit), status,
    transient, acted (refused), type (untyped; "" for none), reason (container_error).
    """

    what: str
    params: dict[str, Any]

    @property
    def acts(self) -> bool:
        """Whether what was asked is done all the same."""
        return self.what in ACTS or bool(self.params.get("acted"))

    def number(self, name: str, default: int) -> int:
        return int(self.params.get(name) or default)

    def refusal(self) -> GraphError | None:
        """The error object of a rule that refuses with one; None for the others."""
        if self.what in ("error_500", "error_500_acted"):
            message = "An unexpected error has occurred. Please retry your request later."
            return GraphError(2, message, status=500, transient=True)
        if self.what == "rate_limit":
            code = self.number("code", 4)
            names = {4: "Application", 17: "User", 32: "Page", 613: "Custom"}
            status = 403 if code in (4, 17, 32) else 400
            return GraphError(
                code,
                f"(#{code}) {names.get(code, 'Business use case')} request limit reached",
                status=status,
                transient=True,
            )
        if self.what == "expired_token":
            return bad_token("Error validating access token: Session has expired.", self.number("subcode", 463))
        if self.what == "permission":
            code = self.number("code", 10)
            message = f"(#{code}) Application does not have permission for this action"
            return GraphError(code, message, status=403)
        if self.what == "refused":
            code = self.number("code", 100)
            text = str(self.params.get("message") or f"(#{code}) Refused by a switch of the practice platform")
            subcode = self.params.get("subcode")
            return GraphError(
                code,
                text,
                subcode=int(subcode) if subcode else None,
                title="Ditolak (latihan)",
                user_msg=text,
                status=self.number("status", 400),
                transient=self.params.get("transient"),
            )
        return None

    def usage(self, account_id: str | None) -> dict[str, str]:
        """Usage headers of a rate limit: 100 %, and minutes to wait in the business header."""
        if self.what != "rate_limit":
            return {}
        full = {"call_count": 100, "total_time": 100, "total_cputime": 100}
        code, minutes = self.number("code", 4), self.number("minutes", _REGAIN_MINUTES)
        kind = "instagram" if code == 80002 else "pages"
        entry = {"type": kind, **full, "estimated_time_to_regain_access": minutes}
        headers = {"X-Business-Use-Case-Usage": json.dumps({account_id or "0": [entry]})}
        if code == 32:
            headers["X-Page-Usage"] = json.dumps(full)
        if code in (4, 17):
            headers["X-App-Usage"] = json.dumps(full)
        return headers


def afflict(db: sqlite3.Connection, fault: Fault, made: dict[str, Any]) -> None:
    """What a container that was just made is to suffer: fails, is over its time, or takes long."""
    if fault.what == "container_error":
        reason = str(fault.params.get("reason") or "Media could not be processed")
        db.execute("UPDATE containers SET failed = ? WHERE id = ?", (json.dumps(reason), made.get("id")))
    elif fault.what == "container_expired":
        db.execute("UPDATE containers SET created = created - 90000 WHERE id = ?", (made.get("id"),))
    elif fault.what == "container_slow":
        seconds = float(fault.params.get("seconds") or 5)
        db.execute("UPDATE containers SET ready_at = ready_at + ? WHERE id = ?", (seconds, made.get("id")))


def behind(answer: Any) -> Any:
    """A read as it would have been answered a moment before: empty lists, nothing public yet."""
    if not isinstance(answer, dict):
        return answer
    late: dict[str, Any] = {}
    if isinstance(answer.get("data"), list):
        late = {"data": []}
    if "is_published" in answer:
        late["is_published"] = False
    if answer.get("status_code") == "PUBLISHED":
        late["status_code"] = "FINISHED"
    return {**{key: value for key, value in answer.items() if key != "paging"}, **late}


def add(
    store: Store, place: str, what: str, *, account_id: str | None, times: int | None, params: dict[str, Any]
) -> int:
    """Set a rule; its id. times None: until cleared. Raises ValueError on unknown words."""
    if place not in PLACES:
        raise ValueError(f"unknown place {place!r}")
    if what not in ACTS + REFUSES:
        raise ValueError(f"unknown fault {what!r}")
    if times is not None and times < 1:
        raise ValueError("times must be at least 1")
    with store.transaction() as db:
        cursor = db.execute(
            "INSERT INTO faults (place, account_id, what, params, times) VALUES (?, ?, ?, ?, ?)",
            (place, account_id, what, json.dumps(params), times),
        )
    return int(cursor.lastrowid or 0)


def take(db: sqlite3.Connection, kind: str, account_id: str | None) -> Fault | None:
    """The first rule that fits this call, one use of it spent.

    ``skip`` in its params lets that many calls pass first.
    """
    rows = db.execute(
        "SELECT * FROM faults WHERE place IN (?, 'any') AND (account_id IS NULL OR account_id = ?) ORDER BY id",
        (kind, account_id),
    ).fetchall()
    for row in rows:
        params = json.loads(row["params"])
        if int(params.get("skip") or 0) > 0:
            params["skip"] = int(params["skip"]) - 1
            db.execute("UPDATE faults SET params = ? WHERE id = ?", (json.dumps(params), row["id"]))
            continue
        if row["times"] == 1:
            db.execute("DELETE FROM faults WHERE id = ?", (row["id"],))
        elif row["times"] is not None:
            db.execute("UPDATE faults SET times = times - 1 WHERE id = ?", (row["id"],))
        return Fault(row["what"], params)
    return None
