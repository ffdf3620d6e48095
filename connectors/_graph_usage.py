"""What the usage headers say: how full each allowance is, and when access comes back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from connectors._types import Usage

#: Seconds. The windows of the allowances are an hour and a day (Meta, "Rate Limits"): nobody has to wait longer.
LONGEST_S = 86_400.0
_FIGURES = ("call_count", "total_time", "total_cputime")
_MOST = 1e9
#: Entries of the business header → whose allowance that is.
_OF_CASE = {"pages": "page", "instagram": "ig"}


def usage_from(headers: Mapping[str, str]) -> dict[str, Usage]:
    """Each allowance that X-App-Usage, X-Page-Usage and X-Business-Use-Case-Usage speak of (JSON text; percent and
    minutes): "app", "page", "ig". Other products' entries of the business header are not ours.

    Source: Meta, "Rate Limits" (Graph API overview).
    """
    rows: list[tuple[str, Any]] = [("app", _json(headers.get("X-App-Usage")))]
    rows.append(("page", _json(headers.get("X-Page-Usage"))))
    cases = _json(headers.get("X-Business-Use-Case-Usage"))
    for entries in cases.values() if isinstance(cases, dict) else ():
        for entry in entries if isinstance(entries, list) else ():
            scope = _OF_CASE.get(str(entry.get("type"))) if isinstance(entry, dict) else None
            rows += [(scope, entry)] if scope else []
    found: dict[str, Usage] = {}
    for scope, row in rows:
        figures = [_figure(row, key) for key in _FIGURES] if isinstance(row, dict) else []
        told = [figure for figure in figures if figure is not None]
        if told:
            minutes = _figure(row, "estimated_time_to_regain_access") or 0.0
            usage = Usage(max(told), min(minutes * 60, LONGEST_S) or None)
            found[scope] = usage.fuller(found.get(scope, usage))
    return found


def _json(text: str | None) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return None


def _figure(row: Mapping[str, Any], key: str) -> float | None:
    """A figure that can be reckoned with: JSON as Python reads it also holds NaN and numbers without an end."""
    value = row.get(key)
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value < _MOST:
        return None
    return float(value)
