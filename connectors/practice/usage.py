"""The usage headers: how much of which budget this app and this account have spent, in percent."""

from __future__ import annotations

import json
import time
from collections import deque

from connectors.practice.store import Store

#: Calls an hour that are 100 %: Meta's "200 × daily users" for an app of a small office with 20 users.
_CALLS_AN_HOUR = 4000
_WINDOW_S = 3600.0


class Meter:
    """Counts calls of the last hour by the monotonic clock; the control API may set fixed percentages instead."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._calls: deque[float] = deque(maxlen=_CALLS_AN_HOUR)

    def headers(self, account_id: str | None) -> dict[str, str]:
        """X-App-Usage always; X-Page-Usage or the business header for the account the call was about."""
        now = time.monotonic()
        self._calls.append(now)
        while self._calls and now - self._calls[0] > _WINDOW_S:
            self._calls.popleft()
        percent = len(self._calls) * 100 // _CALLS_AN_HOUR
        fixed: dict[str, int] = self._store.get("usage", {})
        headers = {"X-App-Usage": json.dumps(_shape(fixed.get("app", percent)))}
        if account_id is None:
            return headers
        instagram = account_id.startswith("17841")
        spent = fixed.get("ig" if instagram else "page", percent)
        entry = {"type": "instagram" if instagram else "pages", **_shape(spent)}
        entry["estimated_time_to_regain_access"] = fixed.get("minutes", 0)
        headers["X-Business-Use-Case-Usage"] = json.dumps({account_id: [entry]})
        if not instagram:
            headers["X-Page-Usage"] = json.dumps(_shape(spent))
        return headers


def _shape(percent: int) -> dict[str, int | str]:
    return {"call_count": percent, "total_time": percent // 2, "total_cputime": percent // 3}
