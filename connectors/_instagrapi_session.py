"""One Instagram account by its kept session: the client, the pace, and the stop at the first block or sign-out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from connectors._base import Connector
from connectors._errors import Busy, ConnectorError, Gone, SignInAgain
from connectors._instagrapi_client import (
    close_client,
    loopback_base,
    open_client,
    parse_pace,
    read_session,
    secrets_from,
    session_changed,
)
from connectors._instagrapi_errors import translate
from connectors._types import Credentials, Wire


class InstagrapiConnector(Connector):
    """What every call needs. See connectors/instagram_private.py for settings and secrets."""

    def __init__(self, account: Credentials, wire: Wire) -> None:
        super().__init__(account, wire)
        loopback_base(wire)  # a foreign address is refused before anything is opened
        self._pace = parse_pace(account.settings.get("pace"))
        self._opened: Any = None
        self._session: dict[str, Any] = {}
        self._stopped: ConnectorError | None = None

    @classmethod
    def secrets_from(cls, text: str, wire: Wire) -> dict[str, str]:
        """A session: from its JSON, a sessionid cookie, or username:password[:code] (which signs in)."""
        return secrets_from(text, wire=wire)

    def close(self) -> None:
        if self._opened is not None:
            close_client(self._opened)

    def secrets_changed(self) -> dict[str, str] | None:
        if self._opened is None:
            return None
        changed = session_changed(self._session, self._opened)
        if changed is None:
            return None
        self._session = read_session(changed)
        return {"session": changed}

    @contextmanager
    def _asking(self, *, writing: bool = False) -> Iterator[Any]:
        """The client for one step; whatever goes wrong in it leaves as one of the contract's errors.

        After a block or a sign-out nothing more is asked: going on is what turns a pause into a ban.
        """
        if self._stopped is not None:
            raise self._stopped
        try:
            yield self._client()
        except Exception as error:  # the library also throws KeyError, ValidationError, AssertionError, OSError
            told = translate(error, writing=writing)
            if isinstance(told, SignInAgain) or (isinstance(told, Busy) and told.limit):
                self._stopped = told
            if told is error:
                raise
            raise told from error

    def _client(self) -> Any:
        if self._opened is None:
            secrets = self.account.secrets
            self._session = read_session(secrets.get("session") or secrets.get("token") or "")
            self._opened = open_client(self._session, self.wire, pace=self._pace, heard=self._heard)
        return self._opened

    def _heard(self, server_time: datetime) -> None:
        self.server_time = server_time

    @staticmethod
    def _media_id(client: Any, remote_id: str) -> str:
        """The full id with the owner: with the bare pk the library would ask the network for the owner first."""
        pk, _, owner = remote_id.partition("_")
        if not (pk.isdecimal() and pk.isascii()):
            raise Gone("gone", id=remote_id[:80])
        return f"{pk}_{owner or client.user_id}"
