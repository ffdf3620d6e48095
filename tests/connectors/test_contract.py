"""The contract of a connector, run on every one found in the folder, each against its own rehearsal."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest

from connectors import METRICS, Ability, Busy, Connector, Item, SignInAgain, Staged, Unsure, load
from tests.connectors.conftest import MakePhoto
from tests.connectors.rehearsals import REHEARSALS, Probe
from tests.connectors.shown import Shown

CAPTION = "Kerja bakti di Dusun Krajan 🌾👨‍👩‍👧\n\nTerima kasih, warga!  #gotongroyong 100% #IPSM & kawan"

Opened = tuple[Connector, Probe]
Open = Callable[[str], Opened]


def able(*abilities: Ability) -> list[str]:
    return [name for name, kind in load().items() if set(abilities) <= kind.can]


def away(*abilities: Ability) -> list[str]:
    """Connectors to somebody else's platform: only there are keys, lost answers, and things that lie about."""
    return [name for name in sorted(able(*abilities)) if not load()[name].at_home]


each = pytest.mark.parametrize("name", sorted(load()))
each_away = pytest.mark.parametrize("name", away())


@pytest.fixture
def opened() -> Iterator[Open]:
    with ExitStack() as stack:

        def one(name: str) -> Opened:
            probe = stack.enter_context(REHEARSALS[name]())
            connector = probe.open()
            stack.callback(connector.close)
            return connector, probe

        yield one


@pytest.fixture
def item(make_photo: MakePhoto) -> Item:
    return Item(CAPTION, (make_photo(1, "Warga menyapu jalan"), make_photo(2, "Anak-anak “menanam” pohon 🌱")))


def staged_whole(connector: Connector, item: Item, staged: Staged, kept: list[Staged]) -> Staged:
    deadline = time.monotonic() + 20
    while True:
        staged = connector.stage(item, staged, kept.append)
        if staged.ready:
            return staged
        assert staged.wait_s is not None, "neither ready nor to be waited for"
        assert time.monotonic() < deadline
        time.sleep(min(0.03, staged.wait_s))


def published(connector: Connector, item: Item) -> str:
    return connector.commit(item, staged_whole(connector, item, Staged(), [])).remote_id


def test_every_connector_rehearses() -> None:
    assert set(load()) == set(REHEARSALS)


@each
def test_is_declared(name: str) -> None:
    kind = load()[name]
    assert kind.name == name
    assert kind.label
    assert kind.limits.caption > 0
    assert kind.limits.photos >= kind.limits.min_photos


@each
def test_nothing_is_public_before_commit_and_one_after(name: str, opened: Open, item: Item) -> None:
    connector, probe = opened(name)
    began = datetime.now(UTC)
    staged = staged_whole(connector, item, Staged(), [])
    assert probe.public() == []
    assert connector.find(item, staged, began) is None
    done = connector.commit(item, staged)
    assert probe.public() == [Shown(CAPTION, tuple(photo.alt_text for photo in item.photos))]
    found = connector.find(item, staged, began)
    assert found is not None
    assert found.remote_id == done.remote_id
    if staged.repeatable:
        assert connector.commit(item, staged).remote_id == done.remote_id
    assert len(probe.public()) == 1
    address = connector.permalink(done.remote_id) or done.permalink
    assert address is not None
    assert address.startswith(("https://", "http://127.0.0.1"))


@each
def test_one_photo_and_no_alt_text(name: str, opened: Open, make_photo: MakePhoto) -> None:
    connector, probe = opened(name)
    published(connector, Item("Satu foto saja", (make_photo(1),)))
    [shown] = probe.public()
    assert shown.caption == "Satu foto saja"
    assert len(shown.alt_texts) == 1
    assert not shown.alt_texts[0]


@each_away
def test_staging_again_goes_on_and_makes_nothing_twice(name: str, opened: Open, item: Item) -> None:
    connector, probe = opened(name)
    kept: list[Staged] = []
    staged = staged_whole(connector, item, Staged(), kept)
    made = probe.made()
    assert made >= len(item.photos)
    # After a restart only the ids are known, those of any step.
    again = staged_whole(probe.open(), item, Staged(ids=dict(kept[-1].ids)), [])
    assert probe.made() == made
    middle = staged_whole(probe.open(), item, Staged(ids=dict(staged.ids)), [])
    assert probe.made() == made
    assert again.repeatable == middle.repeatable == staged.repeatable


@each_away
def test_each_id_is_saved_when_it_is_known(name: str, opened: Open, item: Item) -> None:
    connector, _ = opened(name)
    kept: list[Staged] = []
    staged = staged_whole(connector, item, Staged(), kept)
    assert len({str(sorted(one.ids.items())) for one in kept}) >= len(item.photos)
    assert all(isinstance(value, str) for one in [*kept, staged] for value in one.ids.values())


@each_away
def test_a_lost_answer_is_unsure_and_found(name: str, opened: Open, item: Item) -> None:
    connector, probe = opened(name)
    staged = staged_whole(connector, item, Staged(), [])
    began = datetime.now(UTC)
    probe.lose_commit()
    with pytest.raises(Unsure):
        connector.commit(item, staged)
    found = probe.open().find(item, staged, began)
    assert found is not None
    if staged.repeatable:
        assert probe.open().commit(item, staged).remote_id == found.remote_id
    assert len(probe.public()) == 1


@each
def test_another_post_is_not_taken_for_ours(name: str, opened: Open, item: Item, make_photo: MakePhoto) -> None:
    connector, _ = opened(name)
    published(connector, Item("Sesuatu yang lain", (make_photo(3), make_photo(4))))
    staged = staged_whole(connector, item, Staged(), [])
    assert connector.find(item, staged, datetime.now(UTC) - timedelta(minutes=1)) is None


@each
def test_discard_leaves_nothing_and_never_a_live_post(name: str, opened: Open, item: Item) -> None:
    connector, probe = opened(name)
    kept: list[Staged] = []
    staged_whole(connector, item, Staged(), kept)
    for half_way in (kept[0], kept[-1]):
        connector.discard(half_way)
    assert probe.left() == 0
    connector.discard(kept[-1])
    live = staged_whole(connector, item, Staged(), [])
    connector.commit(item, live)
    connector.discard(live)
    assert probe.public() == [Shown(CAPTION, tuple(photo.alt_text for photo in item.photos))]


@pytest.mark.parametrize("name", able("comments"))
def test_comments_come_with_replies_parents_first(name: str, opened: Open, item: Item) -> None:
    connector, probe = opened(name)
    post_id = published(connector, item)
    assert list(connector.comments(post_id)) == []
    first = probe.comment(post_id, "Budi", "Kapan jalannya diperbaiki? 🙏\nSudah rusak")
    second = probe.comment(post_id, "Siti", "Bagus")
    under = probe.answer(first, "Joko", "Setuju")
    for number in range(7):
        probe.comment(post_id, f"Warga {number}", f"Komentar {number}")
    found = {comment.remote_id: comment for comment in connector.comments(post_id)}
    assert len(found) == 10
    assert found[first].text == "Kapan jalannya diperbaiki? 🙏\nSudah rusak"
    assert found[second].parent_id is None
    assert found[under].parent_id == first
    assert list(found).index(first) < list(found).index(under)
    created = found[first].created_at
    assert created is not None
    assert abs(created - datetime.now(UTC)) < timedelta(minutes=2)
    assert not any(comment.own or comment.hidden for comment in found.values())


@pytest.mark.parametrize("name", able("reply"))
def test_a_reply_is_found_again(name: str, opened: Open, item: Item) -> None:
    connector, probe = opened(name)
    post_id = published(connector, item)
    asked = probe.comment(post_id, "Budi", "Kapan?")
    probe.answer(asked, "Siti", "Terima kasih, Pak 🙏")
    began = datetime.now(UTC)
    words = "Terima kasih, Pak 🙏\n#IPSM & kawan"
    assert connector.find_reply(asked, words, began) is None
    assert connector.find_reply(asked, "Terima kasih, Pak 🙏", began) is None, "a resident said it, not we"
    probe.lose_reply()
    with pytest.raises(Unsure):
        connector.reply(asked, words)
    found = probe.open().find_reply(asked, words, began)
    assert found is not None
    [ours] = [comment for comment in connector.comments(post_id) if comment.own]
    assert (ours.remote_id, ours.text, ours.parent_id) == (found, words, asked)
    assert connector.find_reply(asked, words, datetime.now(UTC) + timedelta(minutes=10)) is None
    second = connector.reply(asked, "Jalan diukur besok")
    assert connector.find_reply(asked, "Jalan diukur besok", began) == second


@pytest.mark.parametrize("name", able("hide", "unhide", "comments"))
def test_hidden_comments_are_marked(name: str, opened: Open, item: Item) -> None:
    connector, probe = opened(name)
    post_id = published(connector, item)
    spam = probe.comment(post_id, "Gacor", "slot gacor")
    for hidden in (True, True, False):
        connector.hide(spam, hidden)
        assert [comment.hidden for comment in connector.comments(post_id)] == [hidden]


@pytest.mark.parametrize("name", able("delete_comment", "delete_post"))
def test_deleting_twice_is_done(name: str, opened: Open, item: Item) -> None:
    connector, probe = opened(name)
    post_id = published(connector, item)
    spam = probe.comment(post_id, "Gacor", "slot gacor")
    connector.delete_comment(spam)
    connector.delete_comment(spam)
    assert list(connector.comments(post_id)) == []
    connector.delete_post(post_id)
    connector.delete_post(post_id)
    assert probe.public() == []


@pytest.mark.parametrize("name", away("delete_post"))
def test_a_post_exists_until_it_is_deleted(name: str, opened: Open, item: Item, make_photo: MakePhoto) -> None:
    connector, probe = opened(name)
    post_id = published(connector, item)
    other = published(connector, Item("Kiriman lain", (make_photo(3),)))
    assert connector.exists(post_id)
    probe.lose_delete()
    with pytest.raises(Unsure):
        connector.delete_post(post_id)
    again = probe.open()
    assert not again.exists(post_id)
    assert again.exists(other)
    again.delete_post(other)
    assert not again.exists(other), "no post is left, and that is seen"


@pytest.mark.parametrize("name", away("delete_post"))
def test_a_key_that_sees_nothing_says_nothing_of_a_post(name: str, opened: Open, item: Item) -> None:
    connector, probe = opened(name)
    post_id = published(connector, item)
    probe.blind()
    again = probe.open()
    again.delete_post(post_id)  # "already gone": the read-back has to tell
    with pytest.raises((Busy, SignInAgain)):
        again.exists(post_id)
    assert len(probe.public()) == 1


@pytest.mark.parametrize("name", able("counts"))
def test_one_refused_metric_takes_no_other_along(name: str, opened: Open, item: Item) -> None:
    connector, probe = opened(name)
    post_id = published(connector, item)
    probe.comment(post_id, "Budi", "Bagus")
    whole = connector.counts(post_id)
    assert tuple(whole.metrics) == METRICS
    assert whole.refused == ()
    assert whole.metrics["comments"] == 1
    refused = probe.refuse_metric()
    after = connector.counts(post_id)
    for metric in METRICS:
        given = whole.metrics[metric] is not None and metric != refused
        assert (after.metrics[metric] is not None) == given, metric
    assert len(after.refused) == (1 if refused else 0)


@pytest.mark.parametrize("name", able("followers"))
def test_followers(name: str, opened: Open) -> None:
    connector, _ = opened(name)
    assert (connector.followers() or 0) > 100


@each
def test_who_we_are(name: str, opened: Open) -> None:
    connector, _ = opened(name)
    facts = connector.check()
    assert facts.remote_id == connector.account.remote_id
    assert facts.name
    assert facts.missing == ()
    assert connector.server_time is not None
    assert abs(connector.server_time - datetime.now(UTC)) < timedelta(seconds=10)


@each_away
def test_an_ended_key_is_named_in_every_method(name: str, opened: Open, item: Item) -> None:
    connector, probe = opened(name)
    staged = staged_whole(connector, item, Staged(), [])
    other = staged_whole(connector, item, Staged(), [])
    post_id = connector.commit(item, staged).remote_id
    comment_id = probe.comment(post_id, "Budi", "Halo")
    since = datetime.now(UTC)
    probe.end_token()
    methods: dict[str, Callable[[Connector], object]] = {
        "check": lambda one: one.check(),
        "stage": lambda one: one.stage(item, Staged(), lambda _: None),
        "commit": lambda one: one.commit(item, other),
        "find": lambda one: one.find(item, other, since),
        "comments": lambda one: list(one.comments(post_id)),
        "reply": lambda one: one.reply(comment_id, "Halo"),
        "private_reply": lambda one: one.private_reply(comment_id, "Halo"),
        "hide": lambda one: one.hide(comment_id, True),
        "delete_comment": lambda one: one.delete_comment(comment_id),
        "delete_post": lambda one: one.delete_post(post_id),
        "exists": lambda one: one.exists(post_id),
        "counts": lambda one: one.counts(post_id),
        "followers": lambda one: one.followers(),
    }
    always = {"check", "stage", "commit", "find", "exists"}
    for method, call in methods.items():
        if method in always or method in connector.can:
            with pytest.raises(SignInAgain) as caught:
                call(probe.open())
            assert probe.secret not in f"{caught.value!r} {caught.value}", method
    assert len(probe.public()) == 1


@each_away
def test_secrets_are_never_seen(name: str, opened: Open, item: Item, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    connector, probe = opened(name)
    post_id = published(connector, item)
    comment_id = probe.comment(post_id, "Budi", "Halo")
    connector.check()
    connector.reply(comment_id, "Halo juga")
    assert list(connector.comments(post_id))
    connector.counts(post_id)
    connector.delete_post(post_id)
    seen = [caplog.text, repr(connector), str(connector), repr(connector.account), repr(connector.wire), repr(item)]
    assert not [text for text in [*seen, *probe.addresses()] if probe.secret in text]
