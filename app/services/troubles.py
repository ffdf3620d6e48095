"""Notices become troubles: looked at again, those that mended themselves left out, one cause together.

Fifty deliveries that one broken account holds are one trouble. What is told holds the first words of our own post, its
time and the account; no resident's name, nothing a resident wrote, nothing a platform's answer quoted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from app.models import Account, Delivery, Notice, Organisation, Outgoing, Post
from app.states import TOLD

#: What is told of deliveries and answers → the state in which it is still so.
STILL = {
    **{state: state for state in TOLD},
    "public_after_cancel": "published",
    "withdraw_by_hand": "withdrawing",
    "gone": "gone",
}
#: The same of accounts → the health.
STILL_ACCOUNT = {"account_broken": "broken", "account_expiring": "expiring"}
#: And of accounts that work and from which nothing is heard (services/silence.py), for as long as that is so.
STILL_SILENT = ("account_silent", "account_unread")
_AT_ONCE = 500


@dataclass(frozen=True)
class Item:
    """One post on its way to one account, or one answer (text None). people: ids of who wrote and approved it.

    Or a resident's item (kind and number are set; text, account and connector are empty), people: who looks after it.
    due_at: its deadline; on: where that is a date without an hour. about: the member it is about.
    """

    text: str | None
    account: str
    connector: str
    due_at: datetime
    path: str
    people: frozenset[int]
    kind: str | None = None
    number: int | None = None
    on: date | None = None
    about: int | None = None


@dataclass(frozen=True)
class Trouble:
    """One cause. what: a key of app/words_notices.py. key: "account:5", "failed:spam", the same for the same cause.

    account: name, connector and whether it is for practice, where the cause is an account. news: the account's own
    notice is part of it; without, it is only felt (again) by more posts.
    """

    key: str
    what: str
    reason: str | None
    facts: dict[str, Any]
    account: tuple[str, str, bool] | None = None
    news: bool = False
    items: list[Item] = field(default_factory=list)

    def of(self, person_id: int) -> Trouble | None:
        """Only what this person wrote, approved or looks after."""
        return self._only([item for item in self.items if person_id in item.people and item.about != person_id])

    def told_to(self, person_id: int, role: str) -> Trouble | None:
        """What of it a person of this role in the organisation is told; nobody is told of what is about themselves.

        A koordinator hears of all, a pengelola of accounts, a pembina of what is urgent or about a member; each of
        what they wrote, approved or look after.
        """
        if role == "koordinator" or (role == "pengelola" and self.account):
            return self if self.account else self._only([item for item in self.items if item.about != person_id])
        if role == "pembina" and self.what == "urgent":
            return self._only([item for item in self.items if item.about != person_id])
        if role == "pembina":
            theirs = [item for item in self.items if item.about not in (None, person_id) or person_id in item.people]
            return self._only([item for item in theirs if item.about != person_id])
        return self.of(person_id)

    def _only(self, items: list[Item]) -> Trouble | None:
        return replace(self, items=items) if items else None


def homes(session: Session, notice_ids: Collection[int]) -> dict[int, int]:
    """Notice id → id of the organisation it concerns; those whose subject is no more are not in it."""
    found: dict[int, int] = {}
    for some in _slices(notice_ids):
        for subject, table in (("delivery", Delivery), ("outgoing", Outgoing)):
            rows = session.exec(
                select(Notice.id, Account.organisation_id)
                .join(table, col(table.id) == Notice.subject_id)
                .join(Account, col(Account.id) == table.account_id)
                .where(Notice.subject == subject, col(Notice.id).in_(some))
            )
            found |= {notice_id or 0: home for notice_id, home in rows}
        own = session.exec(
            select(Notice.id, Account.organisation_id)
            .join(Account, col(Account.id) == Notice.subject_id)
            .where(Notice.subject == "account", col(Notice.id).in_(some))
        )
        found |= {notice_id or 0: home for notice_id, home in own}
    return found


def read(session: Session, notice_ids: Collection[int], organisation: Organisation) -> list[Trouble]:
    """What of these notices is still so, one trouble a cause; accounts first, then by when it began."""
    gathered: dict[str, Trouble] = {}
    seen: set[tuple[str, int]] = set()
    for what, account in _accounts(session, notice_ids):
        if what in STILL_SILENT:
            named = (account.name, account.connector, account.practice)
            key = f"silent:{account.id}"
            gathered.setdefault(key, Trouble(key, what, None, {}, account=named, news=True))
        else:
            gathered.setdefault(f"account:{account.id}", _of_account(account, what, news=True))
    for what, sending, account, item in _sendings(session, notice_ids):
        # The same thing told twice (failed, sent again, failed again) is one thing.
        mark = (type(sending).__name__, sending.id or 0)
        if mark in seen:
            continue
        seen.add(mark)
        if what == "held":
            if account.health != "broken":
                continue  # works again: it goes on within a minute, and a new hold would be a new notice
            trouble = gathered.setdefault(f"account:{account.id}", _of_account(account, "account_broken", news=False))
        else:
            key = ":".join((what, *([sending.error_code] if sending.error_code else [])))
            trouble = gathered.setdefault(key, Trouble(key, what, sending.error_code, _facts(sending.error_facts)))
        trouble.items.append(item)
    for trouble in gathered.values():
        trouble.items.sort(key=lambda item: item.due_at)
    return list(gathered.values())


def _accounts(session: Session, notice_ids: Collection[int]) -> Iterator[tuple[str, Account]]:
    """What is still so of accounts: their health as it is now, else their silence."""
    by_health = {health: key for key, health in STILL_ACCOUNT.items()}
    for some in _slices(notice_ids):
        rows = session.exec(
            select(Notice.what, Account)
            .join(Account, col(Account.id) == Notice.subject_id)
            .where(Notice.subject == "account", col(Notice.id).in_(some), col(Account.active))
            .order_by(col(Notice.id))
        )
        for what, account in rows:
            if what not in STILL_SILENT and account.health in by_health:
                yield by_health[account.health], account
            elif what in STILL_SILENT and account.silent_told_at is not None and account.health != "broken":
                yield what, account


def _sendings(
    session: Session, notice_ids: Collection[int]
) -> Iterator[tuple[str, Delivery | Outgoing, Account, Item]]:
    for some in _slices(notice_ids):
        posts = session.exec(
            select(Notice.what, Delivery, Account, Post)
            .join(Delivery, col(Delivery.id) == Notice.subject_id)
            .join(Account, col(Account.id) == Delivery.account_id)
            .join(Post, col(Post.id) == Delivery.post_id)
            .where(Notice.subject == "delivery", col(Notice.id).in_(some))
            .order_by(col(Notice.id))
        )
        for what, delivery, account, post in posts:
            if delivery.state == STILL.get(what):
                people = frozenset(each for each in (post.author_id, post.approver_id) if each)
                path = f"/kiriman/{post.id}"
                said = (account.name, account.connector, delivery.due_at, path, people)
                yield what, delivery, account, Item(post.caption, *said)
        answers = session.exec(
            select(Notice.what, Outgoing, Account)
            .join(Outgoing, col(Outgoing.id) == Notice.subject_id)
            .join(Account, col(Account.id) == Outgoing.account_id)
            .where(Notice.subject == "outgoing", col(Notice.id).in_(some))
            .order_by(col(Notice.id))
        )
        for what, answer, account in answers:
            if answer.state == STILL.get(what):
                people = frozenset([answer.author_id] if answer.author_id else [])
                path = f"/kotak/{answer.aspiration_id}"
                yield what, answer, account, Item(None, account.name, account.connector, answer.due_at, path, people)


def _of_account(account: Account, what: str, *, news: bool) -> Trouble:
    named = (account.name, account.connector, account.practice)
    return Trouble(
        f"account:{account.id}", what, account.reason_code, _facts(account.reason_facts), account=named, news=news
    )


def _facts(facts: dict[str, Any]) -> dict[str, Any]:
    """Without the platform's own words: they may quote what was sent."""
    return {key: value for key, value in facts.items() if key in ("at", "permission", "photo", "code", "account")}


def _slices(ids: Iterable[int]) -> Iterator[list[int]]:
    rows = sorted(ids)
    yield from (rows[start : start + _AT_ONCE] for start in range(0, len(rows), _AT_ONCE))
