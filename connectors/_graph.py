"""The Graph API as a connector wants it: plain verbs over facebook-sdk 3.1.0, every outcome named.

The SDK is the transport: it builds the request and reads the answer. Ours are the address, the bound, the token's
place, paging, the usage headers and the meaning of errors. Five ways in which the SDK reports trouble (GraphAPIError
with and without an error object, KeyError, ValueError, requests' exceptions) all end in ``connectors._errors``.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import facebook
import requests
from urllib3.exceptions import HTTPError

from connectors._errors import Busy, ConnectorError, Gone, Refused, SignInAgain
from connectors._graph_errors import classify, unclear
from connectors._graph_usage import usage_from
from connectors._http import WireSession
from connectors._types import Credentials, Usage, Wire

log = logging.getLogger(__name__)

Answer = dict[str, Any]
#: Form fields of one POST: text only, as a browser would send them.
Form = Mapping[str, str]

#: More pages than any real list of a village's Page has; a server that pages for ever is left here.
MAX_PAGES = 500
#: Seconds for a read whose failure costs nothing (the permalink after a success).
QUICK_S = 5.0

_LOOSE_TOKEN = re.compile(r"EAA[A-Za-z0-9]{8,}|(?<=access_token=)[^&\s\"']+")
_warned: set[tuple[str, str]] = set()


class Graph:
    """One account's client. Not for two threads. ``close()`` gives the sockets back.

    account_scope: "page" or "ig", the scope of rate limits that do not name one. noted: called after each answer with
    what its headers said (usage by scope, server time or None).
    """

    def __init__(
        self,
        account: Credentials,
        wire: Wire,
        account_scope: str,
        noted: Callable[[Mapping[str, Usage], datetime | None], None] = lambda usage, moment: None,
    ) -> None:
        self._token = account.secrets.get("token", "").strip()
        self._wire = wire
        self._scope = account_scope
        self._noted = noted
        self._session = WireSession(wire.base_url, self._token, wire.timeout_s)
        # Without a token of its own the SDK puts none into URLs; the session's header carries it.
        self._sdk = facebook.GraphAPI(session=self._session, timeout=wire.timeout_s)
        # The SDK's whitelist of versions ends at 3.1, so the version is set after construction.
        self._sdk.version = wire.version if wire.version.startswith("v") else f"v{wire.version}"

    def __repr__(self) -> str:
        return f"Graph({self._session!r}, {self._sdk.version})"

    def close(self) -> None:
        """Close all sockets."""
        self._session.close()

    def get(self, node: str, edge: str | None = None, params: Form | None = None, *, quick: bool = False) -> Answer:
        """Read. Unclear outcomes are ``Busy``. quick: give up after QUICK_S seconds."""
        return self._call("GET", self._path(node, edge), args=dict(params or {}), quick=quick)

    def read(self, node: str, fields: str, *, quick: bool = False) -> Answer:
        """``get`` of a node's fields."""
        return self.get(node, params={"fields": fields}, quick=quick)

    def first(self, node: str, *field_sets: str) -> Answer:
        """Read a node by the first set of fields that is not refused: one unknown field fails a whole call (100)."""
        for fields in field_sets[:-1]:
            try:
                return self.read(node, fields)
            except (Refused, SignInAgain) as error:
                if not field_refused(error):
                    raise
        return self.read(node, field_sets[-1])

    def post(
        self,
        node: str,
        edge: str | None,
        form: Form,
        *,
        commits: bool = False,
        files: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Write. commits: an unclear outcome is ``Unsure`` (else ``Busy``). files: parts of a multipart form."""
        if commits:
            self._session.fresh()
        signed = {**form, "access_token": self._token}
        return self._call("POST", self._path(node, edge), form=signed, files=files, commits=commits)

    def delete(self, node: str, *, commits: bool = False) -> None:
        """Delete; already gone counts as done."""
        if commits:
            self._session.fresh()
        try:
            answer = self._call("DELETE", self._path(node), commits=commits)
        except Gone:
            return
        if answer.get("success") is False:
            raise unclear("unreadable", commits=commits)

    def created(
        self,
        node: str,
        edge: str,
        form: Form,
        *,
        commits: bool = False,
        files: Mapping[str, Any] | None = None,
    ) -> str:
        """POST that makes an object; its id. An answer without one is unclear."""
        answer = self.post(node, edge, form, commits=commits, files=files)
        made = answer.get("id")
        if not isinstance(made, (str, int)) or isinstance(made, bool) or not str(made):
            raise unclear("unreadable", commits=commits)
        return str(made)

    def pages(self, node: str, edge: str, params: Form, *, limit: int) -> Iterator[list[Answer]]:
        """Every page of a list, by ``cursors.after`` and the same parameters. A page may be short or empty; the end
        is where no ``next`` is. ``next`` itself is never called: it may hold the token.

        A cursor may end while we read (code 100): then once more from the start, so rows may come twice. Whoever is
        handed the end has seen every page; a list without an end is ``Busy``.
        """
        after: dict[str, str] = {}
        anew = False
        # A last page may name itself, or one before it, as its next: from there on all was seen.
        gone_to: list[dict[str, str]] = []
        for _ in range(MAX_PAGES):
            try:
                answer = self.get(node, edge, {**params, "limit": str(limit), **after})
            except Busy as busy:
                if busy.code != "too_much_data" or limit <= 5:
                    raise
                limit = max(5, limit // 4)
                continue
            except Refused as refusal:
                if isinstance(refusal, Gone) or not after or anew:
                    raise
                after, anew, gone_to = {}, True, []
                continue
            rows = answer.get("data")
            yield [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
            going_on = _next(answer.get("paging"))
            if not going_on or going_on in gone_to:
                return
            after = going_on
            gone_to.append(after)
        raise Busy("unreadable")

    def debug_token(self) -> Answer | None:
        """What Meta says of our token, by the app's own token; None without app id and secret or where it is not
        known. POST with ``method=get``, Graph's way for parameters that should not stand in a URL."""
        if not (self._wire.app_id and self._wire.app_secret):
            return None
        app_token = f"{self._wire.app_id}|{self._wire.app_secret}"
        form = {"method": "get", "input_token": self._token, "access_token": app_token}
        try:
            with self._session.signed_as(app_token):
                data = self._call("POST", self._path("debug_token"), form=form, proof=False).get("data")
        except ConnectorError:
            # An error here speaks of the app's id and secret, or of a server without this path, not of the account.
            return None
        return data if isinstance(data, dict) else None

    def exchanged(self) -> str:
        """A long-lived token in the place of ours (grant fb_exchange_token), by app id and secret, all in the body.

        Raises SignInAgain("app_secret_proof") when Meta does not know this id and secret, or what it says of the token.
        """
        form = {
            "grant_type": "fb_exchange_token",
            "client_id": self._wire.app_id or "",
            "client_secret": self._wire.app_secret or "",
            "fb_exchange_token": self._token,
        }
        try:
            answer = self._call("POST", self._path("oauth", "access_token"), form=form, proof=False)
        except (Busy, Refused) as error:
            # "Error validating application" (101) and "... client secret" (1): not a passing fault of the platform.
            status = error.facts.get("status")
            if error.facts.get("code") in (1, 101) and isinstance(status, int) and status < 500:
                raise SignInAgain("app_secret_proof") from None
            raise
        made = answer.get("access_token")
        if not isinstance(made, str) or not made.strip():
            raise Busy("unreadable")
        return made.strip()

    def _path(self, node: str, edge: str | None = None) -> str:
        path = f"{self._sdk.version}/{quote(node, safe='')}"
        return f"{path}/{edge}" if edge else path

    def _call(
        self,
        method: str,
        path: str,
        *,
        args: dict[str, str] | None = None,
        form: dict[str, str] | None = None,
        files: Mapping[str, Any] | None = None,
        commits: bool = False,
        quick: bool = False,
        proof: bool = True,
    ) -> Answer:
        if not self._token:
            raise SignInAgain("no_token")
        args = args or {}
        if proof and self._wire.app_secret:
            (args if form is None else form)["appsecret_proof"] = self._proof()
        self._sdk.timeout = min(QUICK_S, self._wire.timeout_s) if quick else self._wire.timeout_s
        try:
            answer = self._sdk.request(path, args=args, post_args=form, files=files, method=method)
        except facebook.GraphAPIError as error:
            answer = error.result if isinstance(error.result, dict) else self._session.parsed()
        except (KeyError, ValueError, AssertionError, requests.RequestException, HTTPError, OSError):
            # No Content-Type, broken JSON, the network. A whole JSON body is an answer whatever its label says.
            answer = None if self._session.timed_out else self._session.parsed()
        # Outside of the handlers, so that no exception of the SDK (which may quote a URL or a token) hangs on ours.
        self._note()
        return self._judge(answer, commits)

    def _judge(self, answer: Any, commits: bool) -> Answer:
        status = self._session.status
        if answer is True:
            answer = {"success": True}
        if isinstance(answer, dict) and answer.get("error"):
            error = answer["error"] if isinstance(answer["error"], dict) else {"message": str(answer["error"])}
            raise classify(
                error,
                status=status,
                commits=commits,
                account_scope=self._scope,
                regain_s=self._regain_s(),
                redact=self.redact,
            )
        if isinstance(answer, dict) and status is not None and status < 300:
            return answer
        if not self._session.sent:
            raise Busy("unreached", unreached=True)
        if status == 429:
            raise Busy("rate_limit", limit=True, scope="app", status=status)
        if self._session.timed_out:
            raise unclear("timeout", commits=commits)
        if status is None:
            raise unclear("dropped", commits=commits)
        raise unclear("server_error" if status >= 500 else "unreadable", commits=commits, status=status)

    def _note(self) -> None:
        headers = self._session.answer_headers
        served = headers.get("facebook-api-version")
        if served and served != self._sdk.version and (served, self._sdk.version) not in _warned:
            _warned.add((served, self._sdk.version))
            log.warning("Graph version %s was asked, %s answered: the version set is no longer alive",
                        self._sdk.version, served)  # fmt: skip
        if self._session.status is not None:
            self._noted(usage_from(headers), _date(headers.get("Date")))

    def _regain_s(self) -> float | None:
        """When access comes back by the last answer's headers, whichever allowance they say it of; seconds or None."""
        said = usage_from(self._session.answer_headers).values()
        return max((usage.regain_s or 0.0 for usage in said), default=0.0) or None

    def _proof(self) -> str:
        secret = (self._wire.app_secret or "").encode()
        return hmac.new(secret, self._token.encode(), hashlib.sha256).hexdigest()

    def redact(self, text: str) -> str:
        """The text without our token, the app secret or anything that looks like a token."""
        for secret in (self._token, self._wire.app_secret):
            if secret:
                text = text.replace(secret, "***")
        return _LOOSE_TOKEN.sub("***", text)


def field_refused(error: ConnectorError) -> bool:
    """Whether a smaller set of fields may help: code 100 (not "gone"), a missing permission, or no such metric."""
    if isinstance(error, SignInAgain):
        return error.code == "permission"
    return isinstance(error, Refused) and not isinstance(error, Gone)


def _next(paging: Any) -> dict[str, str]:
    """The parameters of the next page, {} at the end. Lists without cursors name theirs in ``next``: only position
    is taken from it, never its address or its token."""
    if not isinstance(paging, dict) or not paging.get("next"):
        return {}
    cursors = paging.get("cursors")
    if isinstance(cursors, dict) and cursors.get("after"):
        return {"after": str(cursors["after"])}
    query = parse_qs(urlsplit(str(paging["next"])).query)
    return {key: query[key][0] for key in ("after", "offset", "until", "__paging_token") if key in query}


def _date(text: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text) if text else None
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment and moment.tzinfo else None
