"""The way out for notices: Apprise, which knows mail, Telegram, WhatsApp gateways and a hundred more.

Slow to import and talkative in its log, so it is loaded when the first address is looked at, and its log, in which
addresses with their secrets may stand, ends here. Nothing of an address is ever part of an error, only its number and
its kind.
"""

from __future__ import annotations

import logging
import queue
import re
import threading
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

log = logging.getLogger(__name__)

#: Seconds. Longest wait for a connection and for the next piece of an answer; an address may ask for less, not more.
CALL_S = 10.0
_STATUS = re.compile(r"\berror\s*=\s*(\d{3})\b")
_SCHEMA = re.compile(r"([a-z0-9]{1,30})://", re.I)
_loading = threading.Lock()


@dataclass(frozen=True)
class Gateway:
    """One address. label: what people read ("Telegram"). to: the person's own mail address, for a mail server's."""

    label: str
    url: str = field(repr=False)
    to: str | None = None


@dataclass(frozen=True)
class File:
    """What travels with a message to a mail server."""

    name: str
    kind: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Failure:
    """Why a message did not go: unusable, refused (with the status, where it was heard) or no_answer."""

    code: str
    status: int | None = None


def name(url: str) -> str | None:
    """What kind of service an address is of ("Telegram"); None when it cannot be used."""
    service = _service(url)
    return None if service is None else str(service.service_name)


def schema(url: str) -> str | None:
    """The kind as it was typed ("tgram"), if Apprise knows it: an unknown one may be a piece of a secret."""
    found = _SCHEMA.match(url)
    return found.group(1).lower() if found and found.group(1).lower() in _library()[1] else None


def is_mail(url: str) -> bool:
    """Whether this is a mail server through which people can be written to one by one."""
    service = _service(url)
    return service is not None and _mails(service)


def send(gateway: Gateway, title: str, body: str, files: Sequence[File] = ()) -> Failure | None:
    """One message to one address; None when it went. Blocks as long as the gateway likes, see ``within``."""
    service = _service(gateway.url)
    if service is None or (gateway.to is not None and not _mails(service)):
        return Failure("unusable")
    if gateway.to is not None:
        service.targets, service.cc, service.bcc = [(False, gateway.to)], set(), set()
    apprise = _library()[0]
    crier = apprise.Apprise(asset=_asset())
    crier.add(service)
    attach = _attached(files) if files else None
    with crier.notify(body=body, title=title, body_format=apprise.NotifyFormat.TEXT, attach=attach) as result:
        if result:
            return None
        said = [_STATUS.search(str(entry)) for entry in result.logs()]
    statuses = [int(found.group(1)) for found in said if found]
    return Failure("refused", statuses[-1]) if statuses else Failure("no_answer")


def within(seconds: float, gateway: Gateway, title: str, body: str, files: Sequence[File] = ()) -> Failure | None:
    """``send`` that is waited for so long only: a gateway that answers a byte at a time is left to itself."""
    said: queue.SimpleQueue[Failure | None] = queue.SimpleQueue()

    def work() -> None:
        try:
            said.put(send(gateway, title, body, files))
        except Exception as error:
            # Its words may quote the address: only its kind is told.
            log.error("a gateway failed with %s", type(error).__name__)
            said.put(Failure("refused"))

    # Not a pool's thread: nobody waits for this one when the process ends.
    threading.Thread(target=work, name="gateway", daemon=True).start()
    try:
        return said.get(timeout=seconds)
    except queue.Empty:
        return Failure("no_answer")


def _service(url: str) -> Any:
    apprise = _library()[0]
    try:
        service = apprise.Apprise.instantiate(url, asset=_asset(), suppress_exceptions=True)
    except Exception:
        # Whatever a plugin trips over in an address: its words may quote it.
        return None
    if service is not None:
        service.socket_connect_timeout = min(float(service.socket_connect_timeout), CALL_S)
        service.socket_read_timeout = min(float(service.socket_read_timeout), CALL_S)
    return service


def _attached(files: Sequence[File]) -> Any:
    from apprise.attachment.memory import AttachMemory

    made = _library()[0].AppriseAttachment(asset=_asset())
    for each in files:
        file: Any = AttachMemory  # its class carries no types
        made.add(file(content=each.content, name=each.name, mimetype=each.kind))
    return made


def _mails(service: Any) -> bool:
    from apprise.plugins.email import NotifyEmail

    return isinstance(service, NotifyEmail)


@cache
def _asset() -> Any:
    # No threads of its own: one that hangs would keep the process from ending. No files, no templates.
    return _library()[0].AppriseAsset(
        app_id="Kentongan", app_desc="Kabar gangguan", async_mode=False, service_timeout=0, allow_templates=False,
        pgp_autogen=False, pem_autogen=False, interpret_escapes=False,
    )  # fmt: skip


def _library() -> tuple[Any, frozenset[str]]:
    with _loading:
        return _loaded()


@cache
def _loaded() -> tuple[Any, frozenset[str]]:
    logging.getLogger("apprise").propagate = False
    with warnings.catch_warnings():
        # It looks for imghdr, which Python 3.11 and 3.12 announce as leaving.
        warnings.simplefilter("ignore", DeprecationWarning)
        import apprise
        from apprise import manager_plugins

        plugins: Any = manager_plugins  # its functions carry no types
        known = frozenset(str(each) for each in plugins.NotificationManager().schemas())
    return apprise, known
