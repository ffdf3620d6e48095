"""A post's own page: where it stands on each account, what may be done about it, and what was tried so far."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import abort, render_template

from app import clock, times, words, words_delivery, words_hand, words_history
from app.forms.kiriman import Reschedule, SendBack
from app.frame import parts, words_of, zone
from app.problems import Problem
from app.queries import deliveries, health, history
from app.queries import kiriman as reading
from app.services import drafting, queueing

#: Deliveries whose time may still change.
_MOVABLE = ("queued", "held", "missed", "staging")
#: A queued one whose turn is so near that somebody may wait for it at the page.
_SOON = timedelta(minutes=2)


def page(post_id: int, status: int = 200, **facts: Any) -> Any:
    """The page, with forms that were sent and cannot be done as asked."""
    now = clock.now()
    with parts().db.read() as session:
        post = reading.draft(session, post_id)
        if post is None:
            abort(404)
        here = {choice.id: choice for choice in reading.choices(session, post.organisation_id)}
        told, tried = history.of_post(session, post_id), history.attempts(session, post_id)
        ways = deliveries.of_post(session, post_id, now)
        found = drafting.findings(session, post_id) if post.state in ("draft", "in_review") else []
        number = reading.form_number(session, post_id)
        machine = health.machine(session, now)
    facts.setdefault("send_back", SendBack())
    facts.setdefault("reschedule", _at(post))
    waits = words_delivery.patience(parts().settings)
    before = post.state in ("draft", "in_review")
    withdrawn = post.withdraw_at is not None
    return render_template(
        "kiriman/show.html",
        post=post,
        ways=ways,
        said={way.id: words_delivery.say(way, waits, zone(), now) for way in ways},
        targets=[here[id_] for id_ in post.account_ids if id_ in here],
        told=told,
        tried=tried,
        history=words_history,
        steps=words_hand.steps,
        reason=lambda each: words_history.reason(each.answer or each.tried, each.why, each.facts, zone()),
        findings=found,
        known=words.known,
        say_at=_moment_in,
        form_number=number,
        withdraws=next((each for each in reversed(told) if (each.subject, each.what) == ("post", "withdraw")), None),
        waits_for_machine=any(health.stops(way, machine, now) for way in ways),
        machine=machine,
        clock_words=words_delivery.clock_off,
        exact=lambda at: times.exact(at, zone(), now),
        moving=_moving(ways, now),
        editable=uneditable(post_id) is None and not withdrawn,
        cancellable=not withdrawn and (before or any(way.state in queueing.CANCELLABLE for way in ways)),
        movable=not withdrawn and (before or any(way.state in _MOVABLE for way in ways)),
        withdrawable=not withdrawn and any(way.state in deliveries.MAYBE_PUBLIC for way in ways),
        **facts,
    ), status


def uneditable(post_id: int) -> str | None:
    """Why the content may not change now; None when it may."""
    with parts().db.read() as session:
        try:
            drafting.editable(session, post_id)
        except Problem as problem:
            return words_of(problem)
    return None


def _moving(ways: Sequence[deliveries.Way], now: datetime) -> bool:
    """Whether something will change soon by itself, so that the page reads itself anew."""
    soon = now + _SOON
    return any(
        way.state in deliveries.MOVING or (way.state == "queued" and min(way.due_at, way.wake_at or way.due_at) <= soon)
        for way in ways
    )


def _moment_in(text: str) -> str:
    """A moment as events keep it ("2026-08-20 12:00:00+00:00"), in words; as it stands when it is none."""
    try:
        return times.moment(datetime.fromisoformat(text), zone(), clock.now())
    except ValueError:
        return text


def _at(post: reading.Draft) -> Reschedule:
    here = times.local(max(post.due_at, clock.now()) if post.due_at else clock.now(), zone())
    return Reschedule(day=f"{here:%Y-%m-%d}", hour=f"{here:%H:%M}")
