"""Posts that we did not send: of our own accounts, and of accounts that are read from outside."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from connectors import Credentials, Refused, SignInAgain, Wire
from connectors.facebook import Facebook
from connectors.instagram import Instagram
from connectors.practice.control import Control
from tests.connectors.scripted import IG, UNKNOWN_FIELD, Says, Script, Seen

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)


def ago(days: float) -> float:
    return (NOW - days * DAY).timestamp()


def test_own_posts_made_in_the_app(practice: Control) -> None:
    page = practice.make_page("Desa", "desa.satu")
    wire = Wire(practice.url)
    practice.lists(cap=2, blank=True)
    for account_id, token, kind in (
        (page.page_id, page.page_token, Facebook), (page.ig_id, page.ig_token, Instagram)
    ):  # fmt: skip
        made = [practice.post(account_id, f"Kiriman {days}", created=ago(days)) for days in (40, 3, 2, 1, 0.5)]
        practice.react(made[-1], "Budi")
        connector = kind(Credentials(account_id, {"token": token}), wire)
        found = list(connector.recent(NOW - 30 * DAY))
        assert [one.remote_id for one in found] == made[:0:-1], "newest first, none twice, none too old"
        assert [one.text for one in found] == [f"Kiriman {days}" for days in (0.5, 1, 2, 3)]
        assert found[0].published_at == NOW - 0.5 * DAY
        assert str(found[0].permalink).startswith("http")
        assert (found[0].metrics["reactions"], found[0].metrics["comments"]) == (1, 0)
        assert found[0].metrics.get("reach") is None


def test_outside_accounts(practice: Control) -> None:
    """A professional account by its name, over several pages; a personal, renamed or unknown one; a shared Page."""
    reader = practice.make_page("Kominfo", "kominfo.kab")
    other = practice.make_page("Desa Dua", "desa.dua", followers=321)
    wire = Wire(practice.url)
    instagram = Instagram(Credentials(reader.ig_id, {"token": reader.ig_token}), wire)
    facebook = Facebook(Credentials(reader.page_id, {"token": reader.page_token}), wire)
    made = [practice.post(other.ig_id, f"Kabar {days}", created=ago(days)) for days in (50, 45, 3, 2, 1)]
    practice.lists(cap=2)
    seen = instagram.discover("desa.dua", NOW - 31 * DAY)
    assert (seen.remote_id, seen.handle, seen.name, seen.followers) == (other.ig_id, "desa.dua", "Desa Dua", 321)
    assert [one.remote_id for one in seen.posts] == made[:1:-1]
    assert all(one.metrics == {"reactions": 0, "comments": 0} for one in seen.posts)

    def refused(handle: str) -> str:
        with pytest.raises(Refused) as caught:
            instagram.discover(handle, NOW - DAY)
        return caught.value.code

    assert refused("tidak.ada") == "not_professional"
    practice.rename(other.ig_id, "desa.dua.resmi")
    assert refused("desa.dua") == "not_professional"
    practice.professional(other.ig_id, False)
    assert refused("desa.dua.resmi") == "not_professional"
    assert refused("desa){id},name") == "bad_handle", "nothing of a name becomes a part of the question"

    post_id = practice.post(other.page_id, "Di Halaman", created=ago(1))
    with pytest.raises(Refused) as caught:
        facebook.discover(other.page_id, NOW - 31 * DAY)
    assert caught.value.code == "not_shared"
    practice.share(other.page_id, reader.page_id)
    page = facebook.discover(other.page_id, NOW - 31 * DAY)
    assert (page.remote_id, page.name, page.followers) == (other.page_id, "Desa Dua", 321)
    assert [one.remote_id for one in page.posts] == [post_id]
    practice.end_token(reader.page_token)
    with pytest.raises(SignInAgain):
        facebook.discover(other.page_id, NOW - 31 * DAY)


def test_lists_that_give_less(script: Script, instagram: Instagram, facebook: Facebook) -> None:
    """A refused field takes the counts along, not the posts; rows without an id or a time are no posts."""
    rows = [
        {"id": "1", "timestamp": "2026-08-01T10:00:00+0000", "caption": "Halo", "permalink": "/p/1"},
        {"id": "2"}, {"timestamp": "2026-08-01T10:00:00+0000"}, {"id": "1", "timestamp": "2026-08-01T10:00:00+0000"},
    ]  # fmt: skip

    def media(seen: Seen) -> Says:
        return UNKNOWN_FIELD if "like_count" in seen.query["fields"] else Says({"data": rows})

    script.on("GET", "/media", media)
    (one,) = instagram.recent(datetime(2026, 7, 1, tzinfo=UTC))
    assert (one.remote_id, one.text, one.permalink) == ("1", "Halo", "https://www.instagram.com/p/1")
    assert one.metrics == {"reactions": None, "comments": None}
    script.on("GET", f"/{IG}", Says({"id": IG}))
    with pytest.raises(Refused) as caught:
        instagram.discover("ipsm", datetime(2026, 7, 1, tzinfo=UTC))
    assert caught.value.code == "not_professional", "an answer without the account is no account with nothing"
    listed = [{"id": "9", "created_time": "2026-08-02T10:00:00+0000", "message": "Halo", "shares": {"count": 4}}]
    script.on("GET", "/published_posts", Says({"data": listed}))
    (post,) = facebook.recent(datetime(2026, 7, 1, tzinfo=UTC))
    assert post.metrics == {"reactions": None, "comments": None, "shares": 4}
