"""Our own page rehearsed: the probe plays the books of the installation, which alone say what is public."""

from __future__ import annotations

from connectors import Connector, Credentials, Item, Published, Staged, Wire
from connectors.website import Website
from tests.connectors.shown import Shown


class _Kept(Website):
    """Writes into the books what the services write after the same calls."""

    books: dict[str, Shown]

    def commit(self, item: Item, staged: Staged) -> Published:
        done = super().commit(item, staged)
        self.books[done.remote_id] = Shown(item.caption, tuple(photo.alt_text for photo in item.photos))
        return done

    def delete_post(self, remote_id: str) -> None:
        self.books.pop(remote_id, None)
        super().delete_post(remote_id)


class WebsiteProbe:
    """Nobody comments there, nothing is counted, no answer is lost: those parts of a probe do not exist."""

    secret = ""

    def __init__(self) -> None:
        self.books: dict[str, Shown] = {}

    def open(self) -> Connector:
        made = _Kept(Credentials("ipsm-leuwisadeng", {}), Wire("https://ipsm.example.id"))
        made.books = self.books
        made.shown = self.books
        return made

    def made(self) -> int:
        return 0

    def left(self) -> int:
        return 0

    def public(self) -> list[Shown]:
        return [*reversed(self.books.values())]

    def comment(self, post_id: str, author: str, text: str) -> str:
        raise NotImplementedError

    answer = comment

    def lose_commit(self) -> None:
        raise NotImplementedError

    lose_reply = lose_delete = blind = end_token = lose_commit

    def refuse_metric(self) -> str | None:
        return None

    def addresses(self) -> list[str]:
        return []
