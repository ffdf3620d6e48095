"""What a Facebook Page and an Instagram account have in common on the Graph API."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import ClassVar

from connectors._base import Connector
from connectors._errors import Busy, ConnectorError, Gone, Refused, SignInAgain
from connectors._graph import Answer, Graph
from connectors._graph_errors import classify
from connectors._graph_reading import moment
from connectors._graph_tokens import RENEW, kind_of, page_token
from connectors._types import Credentials, Item, PhotoFile, Usage, Wire

log = logging.getLogger(__name__)


class GraphConnector(Connector):
    """Holds the client, keeps ``usage`` and ``server_time`` current, and does what both platforms do alike."""

    account_scope: ClassVar[str]
    #: Permissions without which a part of the work fails, by Meta's names.
    needed: ClassVar[tuple[str, ...]]
    #: The account's list of posts: read with the same permission as one post.
    posts_edge: ClassVar[str]

    def __init__(self, account: Credentials, wire: Wire) -> None:
        super().__init__(account, wire)
        self.graph = Graph(account, wire, self.account_scope, self._noted)
        self._debug: tuple[Answer | None] | None = None
        self._fresh: dict[str, str] | None = None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.account.remote_id!r})"

    def close(self) -> None:
        """Close all sockets."""
        self.graph.close()

    def delete_post(self, remote_id: str) -> None:
        """Take a public post back. Already gone counts as done; an unclear answer is ``Unsure``."""
        self.graph.delete(remote_id, commits=True)

    def exists(self, remote_id: str) -> bool:
        """By its id. Code 100/33 is said of what is deleted and of what this key may not see (Meta, "Error Codes"), so
        an absence counts only while the account's own list of posts can be read, and does not name it."""
        try:
            self.graph.read(remote_id, "id")
        except Gone:
            with looking():
                answer = self.graph.get(self.account.remote_id, self.posts_edge, {"fields": "id", "limit": "25"})
            rows = answer.get("data")
            if not isinstance(rows, list):
                raise Busy("unreadable") from None
            return any(isinstance(row, dict) and str(row.get("id")) == remote_id for row in rows)
        return True

    def delete_comment(self, comment_id: str) -> None:
        """Delete a comment; already gone counts as done; an unclear answer is ``Unsure``."""
        self.graph.delete(comment_id, commits=True)

    def token_facts(self) -> tuple[datetime | None, tuple[str, ...]]:
        """(end of the token or None, permissions not granted), as far as this server tells either.

        debug_token when app id and secret are set, else /me/permissions; a server without them is no error. Raises
        SignInAgain when either says that the token is dead.
        """
        data = self._debugged()
        if data is None:
            return None, self._missing_by_permissions()
        ends = self._end(data)
        if ends is not None and ends < self._now() + RENEW:
            data, ends = self._renewed(data, ends)
        access_ends = _when(data, "data_access_expires_at")
        if access_ends is not None and access_ends <= self._now():
            raise SignInAgain("data_access_ended")
        scopes = data.get("scopes")
        missing = self._missing({str(scope) for scope in scopes}) if isinstance(scopes, list) else ()
        return min(filter(None, (ends, access_ends)), default=None), missing

    def subscribe(self) -> bool:
        """The Page's subscription of our app to ``feed``; an Instagram account's comments need it as well (Meta,
        Webhooks for Pages; for Instagram: "Enable Page Subscriptions"). False: the permission (pages_manage_metadata)
        or the Page is missing, or the server has no such thing."""
        try:
            page_id = self.page_id()
            if page_id is None:
                return False
            return self.graph.post(page_id, "subscribed_apps", {"subscribed_fields": "feed"}).get("success") is True
        except (Refused, SignInAgain) as error:
            log.info("no notifications for %s: %s", self.account.remote_id, error.code)
            return False

    def page_id(self) -> str | None:
        """The Page that stands behind the account; None where it is not known."""
        return self.account.remote_id

    def not_the_apps(self) -> None:
        """Raise SignInAgain for APPID|SECRET: asked for /me it is only said that a token is missing."""
        if "|" in self.account.secrets.get("token", ""):
            raise SignInAgain("app_token")

    def own_key(self) -> None:
        """The key is a person's (or another's): go on with the Page's own, which the person's key opens the way to.

        Raises SignInAgain saying whose key it is, or why the Page's own is not to be had.
        """
        # A Page's id has shown already that the key is not its own; an Instagram account is opened by either kind.
        kind = kind_of(self.graph, self._debugged(), surely=self.account_scope == "ig")
        if kind == "app":
            raise SignInAgain("app_token")
        if kind == "page" or (kind is None and self.account_scope == "ig"):
            return
        if not (self.wire.app_id and self.wire.app_secret):
            raise SignInAgain("user_token")
        person = self._with_token(self.graph.exchanged())
        try:
            token = page_token(person, self.account, instagram=self.account_scope == "ig")
        finally:
            person.close()
        self._go_on_with(token)

    def secrets_changed(self) -> dict[str, str] | None:
        """The Page's own token, when a check found a better one than was handed over."""
        return self._fresh

    def _debugged(self) -> Answer | None:
        if self._debug is None:
            self._debug = (self.graph.debug_token(),)
        return self._debug[0]

    def _with_token(self, token: str) -> Graph:
        account = Credentials(self.account.remote_id, {"token": token}, self.account.settings)
        return Graph(account, self.wire, self.account_scope, self._noted)

    def _go_on_with(self, token: str) -> None:
        self.graph.close()
        self.graph, self._debug, self._fresh = self._with_token(token), None, {"token": token}

    def _renewed(self, data: Answer, ends: datetime) -> tuple[Answer, datetime | None]:
        """Exchange a token that ends soon, where Meta does that; what was there before where it does not."""
        try:
            token = self.graph.exchanged()
            fresh = self._with_token(token)
            try:
                told = fresh.debug_token()
            finally:
                fresh.close()
            later = self._end(told) if told else ends
        except ConnectorError as error:
            log.info("the token of %s was not prolonged: %s", self.account.remote_id, error.code)
            return data, ends
        if told is None or (later is not None and later <= ends) or told.get("type") != data.get("type"):
            return data, ends
        self._go_on_with(token)
        return told, later

    def _end(self, data: Answer) -> datetime | None:
        """The end of a token that lives; None without one. SignInAgain when it is dead."""
        if data.get("is_valid") is False:
            why = data.get("error")
            # debug_token spells error_subcode "subcode" (Meta, "Debugging and Error Handling").
            why = {"error_subcode": why.get("subcode"), **why} if isinstance(why, dict) else {}
            told = classify(why, status=None, commits=False)
            raise SignInAgain(told.code if isinstance(told, SignInAgain) else "token_invalid")
        ends = _when(data, "expires_at")
        if ends is not None and ends <= self._now():
            raise SignInAgain("token_expired")
        return ends

    def _now(self) -> datetime:
        return self.server_time or datetime.now(UTC)

    def _missing_by_permissions(self) -> tuple[str, ...]:
        try:
            rows = self.graph.get("me", "permissions").get("data")
        except SignInAgain as error:
            if error.code == "permission":
                return ()
            raise
        except ConnectorError:
            return ()
        if not isinstance(rows, list) or not rows:
            return ()
        granted = {str(row.get("permission")) for row in rows if isinstance(row, dict) and _granted(row)}
        return self._missing(granted)

    def _missing(self, granted: set[str]) -> tuple[str, ...]:
        return tuple(name for name in self.needed if name not in granted)

    def _noted(self, usage: Mapping[str, Usage], server_time: datetime | None) -> None:
        for scope, said in usage.items():
            self.usage[scope] = said.fuller(self.usage.get(scope, said))
        self.server_time = server_time or self.server_time

    def _fitting(self, item: Item) -> None:
        """Refuse what cannot succeed before anything is sent: counts and lengths of this connector's limits."""
        limits = self.limits
        if len(item.photos) > limits.photos:
            raise Refused("too_many_photos", limit=limits.photos)
        if len(item.photos) < limits.min_photos:
            raise Refused("no_photo")
        if not item.photos and not item.caption.strip():
            raise Refused("empty_post")
        # How Meta counts is not documented: the larger of code points and UTF-16 units decides.
        if max(len(item.caption), len(item.caption.encode("utf-16-le", "surrogatepass")) // 2) > limits.caption:
            raise Refused("caption_too_long", limit=limits.caption)


@contextmanager
def looking() -> Iterator[None]:
    """For ``find``: a refused list is unreadable (``Busy``), not an absence and not a refusal of the post."""
    try:
        yield
    except Refused as refusal:
        raise Busy("unreadable", **refusal.facts) from None


def upload_page_photo(graph: Graph, page_id: str, photo: PhotoFile, index: int, *, temporary: bool) -> str:
    """Upload one photo unpublished to a Page; its id. index: 1-based place in the post, for the errors.

    temporary: Meta drops it after 24 hours (only for photos that Instagram is to fetch). Unclear answers are ``Busy``:
    an unpublished photo nobody knows of is invisible.
    """
    form = {"published": "false"}
    if temporary:
        form["temporary"] = "true"
    if photo.alt_text and not temporary:
        form["alt_text_custom"] = photo.alt_text
    try:
        with photo.path.open("rb") as file:
            part = (f"photo_{index}.jpg", file, "image/jpeg")
            return graph.created(page_id, "photos", form, files={"source": part})
    except FileNotFoundError:
        raise Refused("photo_missing", photo=index) from None
    except ConnectorError as error:
        error.facts["photo"] = index
        raise


def _when(data: Answer, key: str) -> datetime | None:
    """A time of debug_token, where 0 says never."""
    return moment(data[key]) if data.get(key) else None


def _granted(row: dict[str, object]) -> bool:
    return row.get("status") == "granted"
