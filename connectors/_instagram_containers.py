"""Instagram containers: made one by one, each id saved at once, waited for without blocking.

Instagram fetches photos itself (Meta, "Content Publishing"): from ``PhotoFile.url`` where the installation has a
public address, else by relay: the photo is uploaded as an unpublished temporary photo of the linked Page and its
address there is handed on. Relay photos are deleted as soon as the last container is finished.
"""

from __future__ import annotations

import re
import time

from connectors._base import Save
from connectors._errors import Busy, ConnectorError, Gone, Refused, SignInAgain
from connectors._graph import Answer, Graph, field_refused
from connectors._graph_account import upload_page_photo
from connectors._graph_errors import SUBCODES
from connectors._graph_reading import ident, text
from connectors._types import Credentials, Item, PhotoFile, Staged

CONTAINER = "container"
#: A container that failed or expired is made anew this often, then the post is refused ("container_failed").
REMAKES = 3
#: A photo address that Instagram cannot fetch is offered this often: our own server may have been down for a moment.
FETCHES = 3
#: A container still IN_PROGRESS after this many looks (2 + 4 + ... + 60 s each, about 10 minutes) counts as failed.
LOOKS = 15
_LOOK_FIRST_S, _LOOK_MAX_S = 2.0, 60.0
_SUBCODE = re.compile(r"\b22\d{5}\b")


class Staging:
    """One round of ``stage``. ids: item_1.. and container (containers), relay_1.. (Page photos), and our own notes as
    decimal text: look, remade_*, fetch_* (counts), done_* (items seen finished; within a day they stay so).

    round_s: seconds after which no further photo is begun, so that one round stays well within a lease.
    """

    def __init__(self, graph: Graph, account: Credentials, staged: Staged, save: Save, round_s: float) -> None:
        self._graph = graph
        self._account = account
        self._ids = dict(staged.ids)
        self._save = save
        self._page: str | None = None
        self._until = time.monotonic() + round_s

    def round(self, item: Item) -> Staged:
        """Go as far as possible now: ready, or with ``wait_s`` until the next look."""
        if CONTAINER not in self._ids:
            if len(item.photos) == 1:
                form = {"caption": item.caption} if item.caption else {}
                if not self._make(CONTAINER, item.photos[0], 1, form):
                    return self._later()
            elif not self._children(item):
                return self._later()
        if not self._finished(CONTAINER, None if len(item.photos) > 1 else 1):
            return self._later()
        if not self._relays_dropped():
            return self._later()
        for key in [key for key in self._ids if key.startswith(("look", "remade_", "fetch_", "done_"))]:
            del self._ids[key]
        self._keep(ready=True)
        return Staged(ids=dict(self._ids), ready=True)

    def _children(self, item: Item) -> bool:
        """All items of a carousel made and finished, and the carousel itself made from them."""
        keys = [f"item_{index}" for index in range(1, len(item.photos) + 1)]
        for index, (key, photo) in enumerate(zip(keys, item.photos, strict=True), start=1):
            if key not in self._ids and not self._make(key, photo, index, {"is_carousel_item": "true"}):
                return False
        # Every one is looked at, also after one that waits: a failed one should be made anew without delay.
        for index, key in enumerate(keys, start=1):
            if f"done_{key}" not in self._ids and not self._late and self._finished(key, index):
                self._ids[f"done_{key}"] = "1"
        if self._late or not all(f"done_{key}" in self._ids for key in keys):
            return False
        form = {"media_type": "CAROUSEL", "children": ",".join(self._ids[key] for key in keys)}
        if item.caption:
            form["caption"] = item.caption
        self._ids[CONTAINER] = self._graph.created(self._account.remote_id, "media", form)
        self._ids.pop("look", None)
        self._keep()
        return True

    def _make(self, key: str, photo: PhotoFile, index: int, form: dict[str, str]) -> bool:
        address = None if self._late else photo.url or self._relayed(photo, index)
        if address is None or self._late:
            return False
        form = {"image_url": address, **form}
        if photo.alt_text:
            form["alt_text"] = photo.alt_text
        try:
            self._ids[key] = self._graph.created(self._account.remote_id, "media", form)
        except Refused as refusal:
            refusal.facts["photo"] = index
            if refusal.code == "url_not_fetchable" and self._count(f"fetch_{index}") < FETCHES:
                raise Busy(refusal.code, retry_after=5, **refusal.facts) from None
            raise
        self._keep()
        return True

    def _relayed(self, photo: PhotoFile, index: int) -> str | None:
        """The photo's address on the Page, None when it has none yet."""
        key = f"relay_{index}"
        if key not in self._ids:
            self._ids[key] = upload_page_photo(self._graph, self._page_id(), photo, index, temporary=True)
            self._keep()
        try:
            images = self._graph.read(self._ids[key], "images").get("images")
        except Gone:
            # Not there yet, or dropped after its 24 hours: looked at again, then uploaded anew.
            if self._count(f"remade_{key}") >= REMAKES:
                raise Refused("container_failed", photo=index) from None
            if self._number(f"remade_{key}") > 1:
                del self._ids[key]
            return None
        sources = [text(image.get("source")) for image in images or () if isinstance(image, dict)]
        # The first is the largest (Meta, Photo reference).
        return next((source for source in sources if source), None)

    def _relays_dropped(self) -> bool:
        """Delete the Page photos that Instagram has fetched; False when the round's time is over before the last.

        Trouble is let go at its first sign: Meta drops temporary photos itself, and ``discard`` can try again.
        """
        for key in [key for key in self._ids if key.startswith("relay_")]:
            if self._late:
                return False
            try:
                self._graph.delete(self._ids[key])
            except ConnectorError:
                return True
            del self._ids[key]
            self._keep()
        return True

    def _finished(self, key: str, index: int | None) -> bool:
        """Whether a container is finished. One that failed is forgotten, so that the next round makes it anew."""
        try:
            status, reason = container_status(self._graph, self._ids[key])
        except Gone:
            status, reason = "EXPIRED", ""
        if status in ("FINISHED", "PUBLISHED"):
            return True
        if status not in ("EXPIRED", "ERROR") and self._number("look") < LOOKS:
            return False
        refuse_by_reason(reason, index)
        if self._count(f"remade_{key}") > REMAKES:
            raise Refused("container_failed", photo=index, message=reason or None)
        # When the carousel failed, its items are looked at again too: one of them may have expired.
        for note in [note for note in self._ids if note in (key, "look") or note.startswith("done_")]:
            del self._ids[note]
        self._keep()
        return False

    @property
    def _late(self) -> bool:
        return time.monotonic() > self._until

    def _later(self) -> Staged:
        if self._late:
            # The line is slow, not the platform: go on at once, in a new round.
            return Staged(ids=dict(self._ids), wait_s=0.0)
        wait = min(_LOOK_MAX_S, _LOOK_FIRST_S * 2 ** self._number("look"))
        self._count("look")
        return Staged(ids=dict(self._ids), wait_s=wait)

    def _page_id(self) -> str:
        if self._page is None:
            self._page = page_of(self._graph, self._account)
        if self._page is None:
            raise SignInAgain("no_photo_address")
        return self._page

    def _number(self, key: str) -> int:
        return int(self._ids.get(key, "0"))

    def _count(self, key: str) -> int:
        self._ids[key] = str(self._number(key) + 1)
        self._keep()
        return self._number(key)

    def _keep(self, ready: bool = False) -> None:
        self._save(Staged(ids=dict(self._ids), ready=ready))


def container_status(graph: Graph, container: str) -> tuple[str, str]:
    """(status_code, status): IN_PROGRESS, FINISHED, PUBLISHED, EXPIRED or ERROR, and the text or subcode behind it."""
    answer: Answer = graph.first(container, "status_code,status", "status_code")
    return text(answer.get("status_code")).upper(), str(answer.get("status") or "")


def refuse_by_reason(reason: str, index: int | None = None) -> None:
    """Raise ``Refused`` when a container's status names content: it carries the error's subcode (IG Container)."""
    for found in _SUBCODE.findall(reason):
        rule = SUBCODES.get(int(found))
        if rule is not None and rule.kind == "content" and rule.key != "url_not_fetchable":
            raise Refused(rule.key, photo=index, subcode=int(found), message=reason[:300])


def page_of(graph: Graph, account: Credentials) -> str | None:
    """The Page of the account: the setting ``page_id``, else the token's own Page when it is linked; else None."""
    if account.settings.get("page_id"):
        return account.settings["page_id"]
    try:
        me = graph.read("me", "id,instagram_business_account")
    except (Refused, SignInAgain) as error:
        if isinstance(error, SignInAgain) and not field_refused(error):
            raise
        return None
    return ident(me) if ident(me.get("instagram_business_account")) == account.remote_id else None
