"""The fault matrix as tables: what is sent × which call of it × how that call fails. No test runs here.

Codes and what they mean: shared table of Meta's errors as in ``connectors/_graph_errors.py`` (Meta, "Handle Errors" and
"Error Codes" of 2 June 2026).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import cycle
from typing import Any, Literal

Phase = Literal["stage", "commit", "look"]
#: passes: public by itself. limit: waits, no attempt charged. auth: held until somebody reconnects. content: failed.
End = Literal["passes", "limit", "auth", "content"]
#: Seconds. Where time-outs are rehearsed; elsewhere a slow machine must not make one.
TIMEOUT_S, PATIENT_S = 1.2, 10.0
#: What the platform asks for after some answers that are no limit; after this all of it is over.
ASKED = timedelta(seconds=40)


@dataclass(frozen=True)
class Call:
    """One request of the protocol. place: as in ``faults.PLACES``; skip: so many of that kind pass before it.

    side: whose account it is about ("page" also for the photos that Instagram fetches from its Page). cosmetic: its
    failure changes nothing. after: what makes the look necessary.
    """

    name: str
    phase: Phase
    place: str
    side: Literal["page", "ig"] = "page"
    skip: int = 0
    cosmetic: bool = False


@dataclass(frozen=True)
class Kind:
    """What is sent. direct: the way on Meta's own servers, whose commit may not be repeated."""

    name: str
    connector: Literal["facebook", "instagram"]
    photos: int
    writes: tuple[Call, ...]
    reads: tuple[Call, ...] = ()
    direct: bool = False
    reply: bool = False

    @property
    def commit(self) -> Call:
        return self.writes[-1]


def _ig(name: str, phase: Phase, place: str, skip: int = 0, cosmetic: bool = False) -> Call:
    return Call(name, phase, place, "ig", skip, cosmetic)


_FEED = Call("post", "stage", "feed")
_FLIP = Call("flip", "commit", "flip")
_DIRECT = Call("post", "commit", "feed")
_PUBLISH = _ig("publish", "commit", "publish")
_FLIP_READS = (Call("look", "look", "read"),)
_DIRECT_READS = (Call("look", "look", "read"),)
#: The look reads the container's status, then the list; a second commit, after a look, reads the status once more.
_IG_LOOKS = (_ig("look at container", "look", "read"), _ig("look in list", "look", "read", 1))
_STATUS_AGAIN = _ig("status again", "commit", "read", 1)
KINDS: tuple[Kind, ...] = (
    Kind("FB text", "facebook", 0, (_FEED, _FLIP), _FLIP_READS),
    Kind("FB photo", "facebook", 1, (Call("photo", "stage", "photo"), _FEED, _FLIP), _FLIP_READS),
    Kind("FB photos", "facebook", 2, (Call("photo 2", "stage", "photo", skip=1), _FEED, _FLIP), _FLIP_READS),
    Kind("FB text direct", "facebook", 0, (_DIRECT,), _DIRECT_READS, direct=True),
    Kind(
        "FB photos direct",
        "facebook",
        2,
        (Call("photo", "stage", "photo"), _DIRECT),
        _DIRECT_READS,
        direct=True,
    ),
    Kind(
        "IG single",
        "instagram",
        1,
        (Call("relay", "stage", "photo"), _ig("container", "stage", "container"), _PUBLISH),
        (
            Call("relay's address", "stage", "read"),
            Call("relay dropped", "stage", "delete", cosmetic=True),
            _ig("status", "stage", "read"),
            _STATUS_AGAIN,
            *_IG_LOOKS,
        ),
    ),
    Kind(
        "IG carousel",
        "instagram",
        2,
        (
            Call("relay 2", "stage", "photo", skip=1),
            _ig("item 2", "stage", "container", 1),
            _ig("carousel", "stage", "container", 2),
            _PUBLISH,
        ),
        _IG_LOOKS,
    ),
    Kind(
        "FB reply",
        "facebook",
        0,
        (Call("reply", "commit", "reply"),),
        (Call("look", "look", "comments"),),
        reply=True,
    ),
    Kind(
        "IG reply",
        "instagram",
        0,
        (_ig("reply", "commit", "reply"),),
        (_ig("look", "look", "comments"),),
        reply=True,
    ),
)
BY_NAME = {kind.name: kind for kind in KINDS}


@dataclass(frozen=True)
class Fault:
    """How a call fails. key: our word for it, where it is to be told to people."""

    name: str
    what: str
    end: End = "passes"
    key: str | None = None
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def acts(self) -> bool:
        """Whether what was asked is done, and nobody is told so clearly."""
        return self.name.endswith("after") or self.what in ("truncated", "empty", "untyped")


def _says(name: str, code: int, subcode: int | None = None, *, end: End, key: str | None = None, **more: Any) -> Fault:
    """An error object with these numbers."""
    params = {"code": code, "subcode": subcode, **more}
    return Fault(name, "refused", end, key, {k: v for k, v in params.items() if v is not None})


_LATE = {"seconds": TIMEOUT_S + 0.5}
#: Nobody knows what these did; by name: before acting, or after.
UNCLEAR: tuple[Fault, ...] = (
    Fault("500 before", "error_500"),
    Fault("500 after", "error_500_acted"),
    Fault("dropped before", "dropped"),
    Fault("dropped after", "lost_answer"),
    Fault("time-out before", "stalled", params=_LATE),
    Fault("time-out after", "slow", params=_LATE),
    Fault("502 page before", "html_502"),
    Fault("502 page after", "html_502_acted"),
    Fault("truncated", "truncated"),
    Fault("empty", "empty"),
    Fault("called a page", "untyped"),
    Fault("called nothing", "untyped", params={"type": ""}),
    _says("code 1 before", 1, end="passes"),
    _says("code 1 after", 1, 99, end="passes", acted=True, status=500),
    _says("code 2 after", 2, end="passes", acted=True),
    _says("transient after", 99_999, end="passes", acted=True, transient=True),
)
_READABLE = (
    "500 before",
    "dropped before",
    "time-out before",
    "502 page before",
    "truncated",
    "empty",
    "code 1 before",
)
UNREADABLE: tuple[Fault, ...] = (
    *(fault for fault in UNCLEAR if fault.name in _READABLE),
    Fault("called a page", "untyped"),
)
BEHIND = Fault("lags behind", "behind")
LIMITS: tuple[Fault, ...] = (
    *(
        Fault(f"limit {code}", "rate_limit", "limit", "rate_limit", {"code": code, "minutes": 5})
        for code in (4, 17, 32, 613, 80001, 80002)
    ),
    _says("limit 341", 341, end="limit", key="rate_limit"),
    _says("posting too fast", 368, 1390008, end="limit", key="posting_too_fast"),
    _says("quota", 9, 2207042, end="limit", key="quota"),
)
AUTH: tuple[Fault, ...] = (
    *(
        Fault(f"190/{subcode}", "expired_token", "auth", key, {"subcode": subcode})
        for subcode, key in (
            (463, "token_expired"),
            (460, "password_changed"),
            (458, "app_removed"),
            (459, "checkpoint"),
            (464, "unconfirmed"),
            (467, "token_invalid"),
            (492, "page_role_lost"),
        )
    ),
    _says("190", 190, end="auth", key="token_invalid"),
    _says("102", 102, end="auth", key="token_invalid"),
    _says("restricted", 25, 2207050, end="auth", key="account_restricted"),
    _says("authorisation", 368, 1404078, end="auth", key="page_authorisation"),
    Fault("permission 10", "permission", "auth", "permission", {"code": 10}),
    Fault("permission 200", "permission", "auth", "permission", {"code": 200}),
)
CONTENT: tuple[Fault, ...] = (
    _says("duplicate", 506, 1455006, end="content", key="duplicate"),
    _says("abusive", 368, 1346003, end="content", key="abusive"),
    _says("spam", 4, 2207051, end="content", key="spam"),
    _says("link", 1_609_005, end="content", key="link"),
    _says("bad photo", 324, 2069019, end="content", key="photo_bad"),
    _says("photo too large", 1_366_046, end="content", key="photo_too_large"),
    _says("photo of 8 MB", 36_000, 2207004, end="content", key="photo_too_large"),
    _says("photo format", 36_001, 2207005, end="content", key="photo_format"),
    _says("photo ratio", 36_003, 2207009, end="content", key="photo_ratio"),
    _says("caption", 36_004, 2207010, end="content", key="caption_too_long"),
    _says("video", 352, 2207026, end="content", key="video"),
    _says("anything else", 12, end="content", key="unknown_refusal"),
)
_GONE = {
    "feed": (100, 33),
    "flip": (100, 33),
    "photo": (100, 33),
    "container": (100, 33),
    "publish": (24, 2207006),
}
#: Kinds whose calls are those of another kind.
_LIKE_OTHERS = ("FB photo", "FB photos direct")
#: The call that makes each kind public, once for each way there is.
_COMMITS = ("FB text", "FB text direct", "IG single", "FB reply")
#: Of these, the ones tried with every way to fail. Elsewhere the ways are dealt out in turn, see ``unclear``.
_IN_FULL = ("FB text", "IG single", "FB reply")
_TWICE = ("500 before", "dropped before", "time-out before")
_CONTAINER = (
    Fault("fails", "container_error"),
    Fault("expires", "container_expired"),
    Fault("takes long", "container_slow", params={"seconds": 0.8}),
)


@dataclass(frozen=True)
class Rule:
    """One switch of the practice platform for one case."""

    call: Call
    fault: Fault
    times: int = 1


@dataclass(frozen=True)
class Case:
    """One delivery (or reply) and what befalls it. struck: the rule that the expectations are about."""

    kind: Kind
    rules: tuple[Rule, ...]

    @property
    def struck(self) -> Rule:
        return self.rules[-1]

    @property
    def end(self) -> End:
        """How it ends before anybody does anything about it."""
        return "passes" if self.struck.call.cosmetic else self.struck.fault.end

    @property
    def tries(self) -> int:
        """Commits that are charged: the good one, and each that failed before the struck call without an effect."""
        return 1 + sum(not rule.fault.acts for rule in self.rules[:-1])

    @property
    def name(self) -> str:
        return f"{self.kind.name}: " + ", then ".join(
            f"{rule.call.name} {rule.fault.name}{f' x{rule.times}' if rule.times > 1 else ''}" for rule in self.rules
        )


def _case(kind: Kind, call: Call, fault: Fault, times: int = 1) -> Case:
    """A look only happens after an unclear commit that worked: the most dangerous one. A second commit needs one that
    did not."""
    before = (Rule(kind.commit, _named("500 after")),) if call.phase == "look" else ()
    if call is _STATUS_AGAIN:
        before = (Rule(kind.commit, _named("500 before")),)
    return Case(kind, (*before, Rule(call, fault, times)))


def _named(name: str) -> Fault:
    return next(fault for fault in UNCLEAR if fault.name == name)


def unclear() -> Iterator[Case]:
    """What nobody knows of writes, and reads that fail: once.

    In full where something becomes public. What happens then does not hang on how the answer was unclear, only on
    whether the call had acted (which shapes are unclear is one function, tests/connectors tries it with each). So every
    other call meets one way that acted and one that did not, the next call the next ways.
    """
    acted, idle = cycle([one for one in UNCLEAR if one.acts]), cycle([one for one in UNCLEAR if not one.acts])
    unread = cycle(UNREADABLE)
    for kind in KINDS:
        for call in kind.writes:
            full = kind.name in _IN_FULL and call is kind.commit
            faults = UNCLEAR if full else [next(acted), next(idle)]
            if kind.name == "FB text direct":
                faults = [fault for place, fault in enumerate(UNCLEAR) if place % 4 < 2]
            yield from (_case(kind, call, fault) for fault in faults)
        for call in kind.reads:
            full = kind.name in _IN_FULL and call is kind.reads[-1]
            yield from (_case(kind, call, fault) for fault in (UNREADABLE if full else [next(unread)]))


def twice() -> Iterator[Case]:
    """The same twice in a row, lists that lag behind, containers that fail, things that vanish."""
    unread = cycle(fault for fault in UNREADABLE if fault.what != "untyped")
    for kind in KINDS:
        looks = [call for call in kind.reads if call.phase == "look"]
        if kind.name in _COMMITS:
            yield from (_case(kind, kind.commit, fault, 2) for fault in UNCLEAR if fault.name in _TWICE)
            yield from (_case(kind, call, next(unread), 2) for call in looks)
        yield from (_case(kind, call, BEHIND) for call in looks)
        for call in kind.writes:
            if call.place in _GONE and kind.name not in _LIKE_OTHERS:
                yield _case(kind, call, _says("gone", *_GONE[call.place], end="passes"))
            if call.place == "container":
                # One of several is waited for like the only one.
                yield from (_case(kind, call, fault) for fault in _CONTAINER[: 1 if call.name == "item 2" else 3])
        if kind.commit.name in ("flip", "publish"):
            yield from _repeated(kind, looks[0])


def _repeated(kind: Kind, look: Call) -> Iterator[Case]:
    """It worked unheard, the look lags behind, so the commit is repeated."""
    # Instagram's commit reads the status once more.
    behind = Rule(look, BEHIND, 1 if kind.commit.name == "flip" else 2)
    first = Rule(kind.commit, _named("500 after"))
    for again in (
        _says("says that it is published already", 100, end="passes"),
        _says("duplicate", 506, 1455006, end="passes"),
    ):
        yield Case(kind, (first, behind, Rule(kind.commit, again)))
    if kind.name in _IN_FULL:
        for name in ("500 after", "time-out after", "truncated"):
            yield Case(kind, (Rule(kind.commit, _named(name)), behind, Rule(kind.commit, _named("500 after"))))


def _coded(faults: tuple[Fault, ...], everywhere: Fault, *, looks: bool = True) -> Iterator[Case]:
    """Every code where something becomes public, here or there; one code at every call there is.

    What a code means is the same on both platforms: one table, tests/connectors/test_graph_errors.py tries its rows.
    """
    there = [fault for fault in faults if fault is not everywhere]
    for kind in KINDS:
        if kind.name in ("FB text", "IG single"):
            half = there[::2] if kind.connector == "facebook" else there[1::2]
            yield from (_case(kind, kind.commit, fault) for fault in half)
        if kind.name not in _LIKE_OTHERS:
            yield from (_case(kind, call, everywhere) for call in (*kind.writes, *(kind.reads if looks else ())))


def limits() -> Iterator[Case]:
    """Too much: nothing is charged."""
    yield from _coded(LIMITS, LIMITS[4])
    for name in _COMMITS:
        kind = BY_NAME[name]
        yield _case(kind, kind.commit, LIMITS[4], 2)


def auth() -> Iterator[Case]:
    """The account is closed."""
    yield from _coded(AUTH, AUTH[0])


def content() -> Iterator[Case]:
    """The platform says no to what is sent."""
    yield from _coded(CONTENT, CONTENT[1], looks=False)
