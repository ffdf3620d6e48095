"""A small typed client of the control API, for tests, the demo and setting up practice accounts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import requests

_TIMEOUT_S = 15


class ControlError(Exception):
    """The platform refused a control call; the text says why."""


@dataclass(frozen=True, slots=True)
class PracticePage:
    """A practice Page and its Instagram account. Both page_token and ig_token are Page tokens."""

    page_id: str
    ig_id: str
    name: str
    ig_username: str
    page_token: str = field(repr=False)
    ig_token: str = field(repr=False)
    user_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PracticePhoto:
    """url: the bytes exactly as the platform received them. width, height in pixels."""

    id: str
    alt: str
    url: str
    type: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class PracticeComment:
    """own: by the account itself. created: unix seconds."""

    id: str
    author: str
    text: str
    own: bool
    hidden: bool
    likes: int
    created: float
    replies: tuple[PracticeComment, ...]


@dataclass(frozen=True, slots=True)
class PracticePost:
    """A post with everything visible. created and published_at: unix seconds on the practice clock."""

    id: str
    caption: str
    published: bool
    created: float
    published_at: float | None
    photos: tuple[PracticePhoto, ...]
    comments: tuple[PracticeComment, ...]
    reactions: dict[str, int]
    figures: dict[str, int]


@dataclass(frozen=True, slots=True)
class Logged:
    """One Graph call as it arrived. token_where: url, header, body or none. status None: the socket was dropped."""

    id: int
    at: float
    method: str
    path: str
    params: dict[str, str]
    token_where: str
    kind: str | None
    account_id: str | None
    acted: bool
    status: int | None
    fault: str | None
    code: int | None
    subcode: int | None


class Control:
    """``url``: the platform's base address. Every method raises ControlError when refused."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    def _call(self, name: str, /, **arguments: Any) -> Any:
        answer = requests.post(f"{self.url}/latihan/api/{name}", json=arguments, timeout=_TIMEOUT_S)
        data = answer.json()
        if answer.status_code != 200:
            raise ControlError(str(data.get("error")))
        return data["ok"]

    def make_page(
        self,
        name: str = "IPSM Desa Latihan",
        ig_username: str = "ipsm.latihan",
        *,
        followers: int = 500,
        ig_followers: int | None = None,
        scopes: list[str] | None = None,
        user: str = "Petugas Latihan",
    ) -> PracticePage:
        """A Page with a linked Instagram account and tokens; Pages of the same user share /me/accounts."""
        made = self._call("make_page", name=name, ig_username=ig_username, followers=followers,
                          ig_followers=ig_followers, scopes=scopes, user=user)  # fmt: skip
        return PracticePage(**made)

    def accounts(self) -> list[dict[str, Any]]:
        """Rows of all accounts: id, kind (page | ig), name, username, followers, linked_id."""
        found: list[dict[str, Any]] = self._call("accounts")
        return found

    def set_scopes(self, token: str, scopes: list[str]) -> None:
        """What the token may do from now on."""
        self._call("set_scopes", token=token, scopes=scopes)

    def end_token(self, token: str, subcode: int | None = 463) -> None:
        """The token answers 190/subcode from now on (463 expired, 460 password changed, ...); None revives it."""
        self._call("end_token", token=token, subcode=subcode)

    def token_ends(self, token: str, expires: float = 0, data_access: float = 0) -> None:
        """When a token and its person's data access end: unix seconds on the practice clock, 0 never."""
        self._call("token_ends", token=token, expires=expires, data_access=data_access)

    def set_tasks(self, page_id: str, *tasks: str) -> None:
        """What the owner may do on the Page, as /me/accounts tells it."""
        self._call("set_tasks", page_id=page_id, tasks=tasks)

    def rename(self, account_id: str, username: str) -> None:
        """The account takes another name in the platform's own app."""
        self._call("rename", account_id=account_id, username=username)

    def professional(self, ig_id: str, on: bool) -> None:
        """Whether others can read the Instagram account by Business Discovery; all can be read at first."""
        self._call("professional", ig_id=ig_id, on=on)

    def share(self, page_id: str, reader_id: str) -> None:
        """The owner of Page page_id lets the key of Page reader_id read it."""
        self._call("share", page_id=page_id, reader_id=reader_id)

    def post(self, account_id: str, text: str, *, created: float | None = None) -> str:
        """The owner posts in the platform's own app (created: unix seconds on the practice clock); the post's id."""
        return str(self._call("post", account_id=account_id, text=text, created=created))

    def set_followers(self, account_id: str, followers: int) -> None:
        self._call("set_followers", account_id=account_id, followers=followers)

    def comment(self, object_id: str, author: str | None, text: str, *, own: bool = False) -> str:
        """A resident comments on a post or replies to a comment; its id. author None: ``from`` is withheld.

        own: the account's owner, in the platform's own app.
        """
        return str(self._call("comment", object_id=object_id, author=author, text=text, own=own))

    def react(self, post_id: str, person: str, type: str = "LIKE") -> None:
        """LIKE LOVE WOW HAHA SAD ANGRY CARE; one a person, the last one counts."""
        self._call("react", post_id=post_id, person=person, type=type)

    def edit_comment(self, comment_id: str, text: str) -> None:
        self._call("edit_comment", comment_id=comment_id, text=text)

    def delete_comment(self, comment_id: str) -> None:
        self._call("delete_comment", comment_id=comment_id)

    def hide_comment(self, comment_id: str, hidden: bool = True) -> None:
        self._call("hide_comment", comment_id=comment_id, hidden=hidden)

    def delete_post(self, post_id: str) -> None:
        """Somebody deletes the post in the platform's own app."""
        self._call("delete_post", post_id=post_id)

    def numbers(self, post_id: str, **figures: int) -> None:
        """Fix figures (reactions comments shares saves reach views clicks); none at all lets them grow again."""
        self._call("numbers", post_id=post_id, figures=figures)

    def fault(
        self, where: str, what: str, times: int | None = 1, *, account_id: str | None = None, **params: Any
    ) -> int:
        """Make the next calls of a kind fail (see ``faults.PLACES``, ``ACTS``, ``REFUSES``); times None: until cleared.

        params: as ``faults.Fault`` takes them, and skip (let so many calls pass first).
        """
        return int(self._call("fault", where=where, what=what, times=times, account_id=account_id, **params))

    def faults(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._call("faults")
        return found

    def clear_faults(self) -> None:
        self._call("clear_faults")

    def fail_container(self, container_id: str, reason: str = "Media could not be processed") -> None:
        """The container's status becomes ERROR."""
        self._call("fail_container", container_id=container_id, reason=reason)

    def set_clock(self, offset_s: float) -> None:
        """Seconds by which the practice clock is ahead of the real (or injected) one."""
        self._call("set_clock", offset_s=offset_s)

    def container_s(self, seconds: float) -> None:
        """How long a new container stays IN_PROGRESS (0.3 s at first)."""
        self._call("setting", name="container_s", value=seconds)

    def ig_quota(self, posts: int) -> None:
        """How many Instagram posts 24 hours may hold (100 at first)."""
        self._call("setting", name="ig_quota", value=posts)

    def usage(self, **percent: int) -> None:
        """Fix the usage headers: app=, page=, ig= in percent, minutes= to regain; none at all counts calls again."""
        self._call("setting", name="usage", value=percent)

    def lists(self, **odd: Any) -> None:
        """How lists are paged: cap=N rows at most, blank=True an empty page before each further one, repeat_last=True
        the last page names itself as its next; nothing at all: as usual."""
        self._call("setting", name="lists", value=odd)

    def webhooks(self, url: str | None, secret: str | None = None, *, hold: bool = False) -> None:
        """Send notifications there, signed by the secret (None: the practice app's); hold: only what ``tell`` says."""
        self._call("webhooks", url=url, secret=secret, hold=hold)

    def told(self, after: int = 0) -> list[dict[str, Any]]:
        """Changes that notifications tell of: id, account_id, object, verb, comment_id, change, at, sent, tries."""
        found: list[dict[str, Any]] = self._call("told", after=after)
        return found

    def tell(self, *ids: int, batch: int = 1) -> list[int]:
        """Send these changes in this order, so many a call; the status of each call, 0 for none."""
        found: list[int] = self._call("tell", ids=ids, batch=batch)
        return found

    def residents(self, on: bool = True, speed: str | None = None) -> None:
        """Residents come to posts (or not); speed "latihan" (over minutes) or "demo" (over seconds)."""
        self._call("residents", on=on, speed=speed)

    def posts(self, account_id: str, *, unpublished: bool = False) -> list[PracticePost]:
        """Public posts of an account, newest first (or, asked so, those that nobody sees yet)."""
        found = self._call("posts", account_id=account_id, unpublished=unpublished)
        return [self._post(one) for one in found]

    def _post(self, data: dict[str, Any]) -> PracticePost:
        photos = []
        for photo in data.pop("photos"):
            path = photo.pop("path")
            photos.append(PracticePhoto(**photo, url=self.url + path))
        comments = tuple(_comment(one) for one in data.pop("comments"))
        return PracticePost(**data, photos=tuple(photos), comments=comments)

    def photo_bytes(self, photo: PracticePhoto) -> bytes:
        """The bytes as the platform received them."""
        answer = requests.get(photo.url, timeout=_TIMEOUT_S)
        answer.raise_for_status()
        return answer.content

    def count(self, account_id: str) -> int:
        """How many posts of the account are public."""
        return int(self._call("count", account_id=account_id))

    def counts(self) -> dict[str, int]:
        """How many posts of each account are public."""
        found: dict[str, int] = self._call("counts")
        return found

    def loose_photos(self, account_id: str) -> list[str]:
        """Ids of uploaded photos that belong to no post."""
        found: list[str] = self._call("loose_photos", account_id=account_id)
        return found

    def messages(self, account_id: str) -> list[tuple[str, str]]:
        """Private messages of an account, oldest first: (comment that they answer, text)."""
        return [(one["comment_id"], one["text"]) for one in self._call("messages", account_id=account_id)]

    def log(self, after: int = 0, *, kind: str | None = None) -> list[Logged]:
        """Graph calls in the order they came, from an id on, of one kind if asked."""
        entries = [Logged(**one) for one in self._call("log", after=after)]
        return [entry for entry in entries if kind is None or entry.kind == kind]


def _comment(data: dict[str, Any]) -> PracticeComment:
    replies = tuple(_comment(one) for one in data["replies"])
    return PracticeComment(**{**data, "replies": replies})
