"""instagrapi's real client reads against a local server: looking for our post, comments, replies, counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors import Busy, Gone, Item, SignInAgain, Staged
from connectors.instagram_private import InstagramPrivate
from tests.connectors.rehearse_instagram_private import connector_for, photo, publish, rehearsal
from tests.fixtures.private_instagram import PrivateInstagram

Pair = tuple[InstagramPrivate, PrivateInstagram]


@pytest.fixture
def pair() -> Iterator[Pair]:
    with rehearsal() as both:
        yield both


def now() -> datetime:
    return datetime.now(UTC)


def test_finds_by_upload_id_or_by_caption_time_and_photos(pair: Pair, tmp_path: Path) -> None:
    connector, site = pair
    item = Item("Jadwal posyandu \r\nbalai desa", (photo(tmp_path, "a.jpg"),))
    began = now()
    wanted, first = publish(connector, item)
    _, second = publish(connector, item)
    assert first != second
    assert connector.find(item, wanted, began) is not None
    assert connector.find(item, wanted, began).remote_id == first  # type: ignore[union-attr]  # checked above

    site.listing_tells_upload_id = False
    site.posts.clear()
    site.add_post("Jadwal posyandu\nbalai desa", age_s=4000)  # before our time
    site.add_post("Jadwal posyandu\nbalai desa", photos=2)  # another number of photos
    site.add_post("Lain")  # the newest
    assert connector.find(item, wanted, began) is None
    ours = site.add_post("Jadwal posyandu\nbalai desa ", age_s=20)
    site.add_post("Jadwal posyandu\nbalai desa")
    found = connector.find(item, wanted, began)
    assert found is not None
    assert found.remote_id == f"{ours.pk}_7001"


def test_find_reads_back_to_its_time_past_pinned_posts(pair: Pair, tmp_path: Path) -> None:
    connector, site = pair
    site.listing_tells_upload_id = False
    item = Item("Yang dicari", (photo(tmp_path, "a.jpg"),))
    for number in range(3):
        site.add_post(f"Sematan {number}", age_s=90_000 + number, pinned=True)
    for number in range(5):
        site.add_post(f"Baru {number}", age_s=number)
    site.add_post("Yang dicari", age_s=60)
    for number in range(30):
        site.add_post(f"Lama {number}", age_s=50_000 + number)
    assert connector.find(item, Staged(), now() - timedelta(seconds=90)) is not None
    assert len(site.asked("feed/user")) == 4  # not to the end of the account's life


@pytest.mark.parametrize("kind", ["500", "html", "drop", "garbled", "odd", "cut"])
def test_an_unreadable_listing_is_never_absence(pair: Pair, tmp_path: Path, kind: str) -> None:
    connector, site = pair
    site.fail("feed/user", kind)
    with pytest.raises(Busy):
        connector.find(Item("Apa pun", (photo(tmp_path, "a.jpg"),)), Staged(), now())


def test_comments_with_replies_and_a_last_page_that_comes_again(pair: Pair) -> None:
    connector, site = pair
    post = site.add_post("Kiriman")
    remote_id = f"{post.pk}_7001"
    tops = [site.write(post.pk, f"Komentar {number} 🙏") for number in range(7)]
    replies = [site.write(post.pk, f"Balasan {number}", parent=tops[1]) for number in range(4)]
    own = site.write(post.pk, "Dari kami", site.username, parent=tops[1])
    site.repeats_last_page = True

    read = list(connector.comments(remote_id))
    assert [comment.remote_id for comment in read] == [
        f"{remote_id}:{tops[0]}",
        f"{remote_id}:{tops[1]}",
        *(f"{remote_id}:{tops[1]}:{pk}" for pk in (*replies, own)),
        *(f"{remote_id}:{pk}" for pk in tops[2:]),
    ]
    assert [comment.own for comment in read].count(True) == 1
    answer = next(comment for comment in read if comment.own)
    assert answer.parent_id == f"{remote_id}:{tops[1]}"
    assert (read[0].text, read[0].author_name, read[0].parent_id) == ("Komentar 0 🙏", "warga", None)
    assert read[0].created_at is not None
    assert abs(read[0].created_at - now()) < timedelta(seconds=5)
    assert {call.method for call in site.calls} == {"GET"}
    assert len(site.calls) == 4 + 3  # three pages and one that repeats; two pages and one that repeats


def test_a_comment_of_an_odd_shape_does_not_take_the_others_along(pair: Pair) -> None:
    connector, site = pair
    post = site.add_post("Kiriman")
    site.write(post.pk, "satu")
    site.write(post.pk, "dua")
    shaped = site.told_comment
    odd: list[dict[str, Any]] = [{"pk": "77", "text": None}, {"pk": "x", "text": "tanpa id"}, {}]
    rows = iter(odd)
    site.told_comment = lambda comment: next(rows) if comment.text == "satu" else shaped(comment)  # type: ignore[method-assign]  # a changed answer
    for _ in odd:
        assert "dua" in [comment.text for comment in connector.comments(f"{post.pk}_7001")]


def test_reply_is_found_again_and_deleted(pair: Pair) -> None:
    connector, site = pair
    post = site.add_post("Kiriman")
    top = site.write(post.pk, "Kapan buka?")
    below = site.write(post.pk, "Iya, kapan?", parent=top)
    comment = f"{post.pk}_7001:{top}:{below}"
    began = now()
    assert connector.find_reply(comment, "Besok pukul 8 🙏", began) is None
    site.write(post.pk, "Besok pukul 8 🙏", "orang.lain", parent=top)
    assert connector.find_reply(comment, "Besok pukul 8 🙏", began) is None
    written = connector.reply(comment, "Besok pukul 8 🙏")
    assert site.comments[post.pk][-1].parent == top
    assert site.asked("/comment/")[0].body["replied_to_comment_id"] == int(below)
    assert connector.find_reply(comment, "Besok pukul 8 🙏", began) == written
    assert connector.find_reply(comment, "Besok pukul 8 🙏", began + timedelta(hours=1)) is None
    connector.delete_comment(written)
    assert connector.find_reply(comment, "Besok pukul 8 🙏", began) is None
    connector.delete_comment(written)  # already gone counts as done
    connector.delete_comment("bukan milik kami")


def test_counts_and_deletes(pair: Pair) -> None:
    connector, site = pair
    post = site.add_post("Kiriman")
    post.likes = 12
    site.write(post.pk, "Bagus")
    counts = connector.counts(f"{post.pk}_7001")
    assert counts.metrics == {
        "reactions": 12,
        "comments": 1,
        "shares": None,
        "saves": None,
        "reach": None,
        "views": None,
        "clicks": None,
    }
    assert counts.refused == ()
    connector.delete_post(f"{post.pk}_7001")
    assert site.posts == []
    connector.delete_post(f"{post.pk}_7001")
    with pytest.raises(Gone):
        connector.counts(f"{post.pk}_7001")


def test_insights_are_asked_for_only_where_wanted(pair: Pair) -> None:
    _, site = pair
    post = site.add_post("Kiriman")
    connector = connector_for(site, insights="yes")
    refused = connector.counts(f"{post.pk}_7001")
    assert refused.refused == ("insights",)
    assert refused.metrics["reactions"] == 0
    assert refused.metrics["reach"] is None
    metrics = {"reach_count": 340, "impressions": {"value": 512}, "share_count": {"post": {"value": 7}}}
    site.insights = {"inline_insights_node": {"metrics": metrics}, "save_count": 9}
    told = connector.counts(f"{post.pk}_7001").metrics
    assert (told["reach"], told["views"], told["shares"], told["saves"]) == (340, 512, 7, 9)
    site.fail("ads/graphql", "login")
    with pytest.raises(SignInAgain):
        connector.counts(f"{post.pk}_7001")
