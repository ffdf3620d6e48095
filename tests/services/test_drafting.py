"""Writing a post: what is kept, what is refused, and what stands in its way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from app import clock
from app.models import Event, Photo, Post, Target
from app.parts import Parts
from app.problems import Problem
from app.services import drafting
from app.states import Actor
from media.intake import Taken
from tests.fixtures import scenery

BY = Actor("Rina")


def _taken(number: int) -> Taken:
    return Taken(f"{number:064x}", 1600, 1200, "jpeg", 1000)


def _scene(session: Session) -> tuple[int, int, int]:
    """An organisation with a Facebook and an Instagram account."""
    organisation_id = scenery.organisation(session)
    return (
        organisation_id,
        scenery.account(session, organisation_id),
        scenery.account(session, organisation_id, "instagram"),
    )


def _codes(session: Session, post_id: int) -> list[tuple[str, bool]]:
    return [(found.code, found.blocking) for found in drafting.findings(session, post_id)]


# --- times -----------------------------------------------------------------------------------------------------------
def test_a_time_just_passed_is_now() -> None:
    present = clock.now()
    promised = drafting.promised(present - timedelta(minutes=59))
    assert promised is not None
    assert present <= promised <= clock.now()
    ahead = present + timedelta(days=365)
    assert drafting.promised(ahead) == ahead
    assert drafting.promised(None) is None


def test_bad_times() -> None:
    present = clock.now()
    bad = {
        "time_past": present - timedelta(minutes=61),
        "time_far": present + timedelta(days=367),
        "time_naive": present.replace(tzinfo=None),
    }
    for code, at in bad.items():
        with pytest.raises(Problem) as problem:
            drafting.promised(at)
        assert (problem.value.code, problem.value.field) == (code, "due_at")


# --- making and changing ---------------------------------------------------------------------------------------------
def test_a_new_draft(parts: Parts) -> None:
    with parts.db.write() as session:
        organisation_id, facebook, instagram = _scene(session)
        post = drafting.create(
            session,
            organisation_id,
            BY,
            caption=" Baris satu\r\nBaris dua\x00 \n",
            account_ids=[facebook, instagram, facebook],
            variants={"instagram": " pendek ", "facebook": " "},
        )
        post_id = post.id
    with parts.db.read() as session:
        post = session.get_one(Post, post_id)
        assert (post.state, post.caption, post.variants) == ("draft", "Baris satu\nBaris dua", {"instagram": "pendek"})
        assert sorted(session.exec(select(Target.account_id)).all()) == sorted([facebook, instagram])
        assert [event.who for event in session.exec(select(Event)).all()] == ["Rina"]


def test_only_accounts_of_its_own_organisation(parts: Parts) -> None:
    with parts.db.write() as session:
        organisation_id, facebook, _ = _scene(session)
        other = scenery.account(session, scenery.organisation(session, "Lain"))
        asleep = scenery.account(session, organisation_id, active=False)
    for wrong in (other, asleep, 999):
        with pytest.raises(Problem) as problem, parts.db.write() as session:
            drafting.create(session, organisation_id, BY, caption="x", account_ids=[facebook, wrong])
        assert (problem.value.code, problem.value.facts) == ("unknown_account", {"id": wrong})
    with parts.db.read() as session:
        assert session.exec(select(Post)).all() == []


@pytest.mark.parametrize("state", ["scheduled", "publishing", "published", "cancelled", "withdrawn"])
def test_what_is_on_its_way_is_not_changed(parts: Parts, state: str) -> None:
    with parts.db.write() as session:
        organisation_id, facebook, _ = _scene(session)
        post_id = scenery.post(session, organisation_id, [facebook], state=state)
    with pytest.raises(Problem) as problem, parts.db.write() as session:
        drafting.edit(session, post_id, BY, caption="lain", account_ids=[facebook], due_at=None)
    assert problem.value.code == "not_editable"


@pytest.mark.parametrize("state", ["committing", "unsure", "needs_person"])
def test_words_stay_while_a_post_is_looked_up_by_them(parts: Parts, state: str) -> None:
    with parts.db.write() as session:
        organisation_id, facebook, instagram = _scene(session)
        post_id = scenery.post(session, organisation_id, [facebook, instagram], state="partly")
        scenery.delivery(session, post_id, facebook, state)
        scenery.delivery(session, post_id, instagram, "failed")
    with pytest.raises(Problem) as problem, parts.db.write() as session:
        drafting.edit(session, post_id, BY, caption="lain", account_ids=[facebook, instagram], due_at=None)
    assert problem.value.code == "being_looked_up"
    with pytest.raises(Problem), parts.db.write() as session:
        drafting.add_photo(session, post_id, _taken(1), BY)


def test_each_change_raises_the_revision(parts: Parts) -> None:
    with parts.db.write() as session:
        organisation_id, facebook, _ = _scene(session)
        post_id = scenery.post(session, organisation_id, [facebook])
        drafting.edit(session, post_id, BY, caption="dua", account_ids=[facebook], due_at=None)
        photo = drafting.add_photo(session, post_id, _taken(1), BY)
        drafting.describe_photo(session, photo.id or 0, BY, alt_text="tenda", crop=(0, 0, 1, 0.5))
        drafting.remove_photo(session, photo.id or 0, BY)
        assert session.get_one(Post, post_id).revision == 4


# --- photos ----------------------------------------------------------------------------------------------------------
def test_photos_keep_their_order(parts: Parts) -> None:
    def order(session: Session, post_id: int) -> list[int]:
        return [int(photo.sha256, 16) for photo in drafting.photos_of(session, post_id)]

    with parts.db.write() as session:
        organisation_id, facebook, _ = _scene(session)
        post_id = scenery.post(session, organisation_id, [facebook])
        ids = [drafting.add_photo(session, post_id, _taken(number), BY).id or 0 for number in range(1, 6)]
        drafting.move_photo(session, ids[4], BY, to=1)
        assert order(session, post_id) == [5, 1, 2, 3, 4]
        drafting.move_photo(session, ids[4], BY, to=99)
        assert order(session, post_id) == [1, 2, 3, 4, 5]
        drafting.remove_photo(session, ids[1], BY)
        drafting.add_photo(session, post_id, _taken(9), BY)
        assert order(session, post_id) == [1, 3, 4, 5, 9]
        assert [photo.position for photo in drafting.photos_of(session, post_id)] == [1, 2, 3, 4, 5]


def test_bad_photos(parts: Parts) -> None:
    with parts.db.write() as session:
        organisation_id, facebook, _ = _scene(session)
        post_id = scenery.post(session, organisation_id, [facebook])
        photo_id = drafting.add_photo(session, post_id, _taken(1), BY).id or 0
    acts: list[tuple[str, Any]] = [
        ("same_photo_twice", lambda session: drafting.add_photo(session, post_id, _taken(1), BY)),
        ("alt_text_too_long", lambda session: drafting.add_photo(session, post_id, _taken(2), BY, alt_text="x" * 1001)),
        ("unknown_post", lambda session: drafting.add_photo(session, 99, _taken(2), BY)),
        ("unknown_photo", lambda session: drafting.remove_photo(session, 99, BY)),
        ("bad_crop", lambda session: drafting.describe_photo(session, photo_id, BY, alt_text="", crop=(0, 0, 0, 1))),
    ]
    for code, act in acts:
        with pytest.raises(Problem) as problem, parts.db.write() as session:
            act(session)
        assert problem.value.code == code
    with parts.db.read() as session:
        assert len(session.exec(select(Photo)).all()) == 1


def test_no_more_photos_than_the_strictest_platform_takes(parts: Parts) -> None:
    with parts.db.write() as session:
        organisation_id, facebook, instagram = _scene(session)
        post_id = scenery.post(session, organisation_id, [facebook, instagram])
        for number in range(10):
            drafting.add_photo(session, post_id, _taken(number), BY)
    with pytest.raises(Problem) as problem, parts.db.write() as session:
        drafting.add_photo(session, post_id, _taken(10), BY)
    assert problem.value.code == "too_many_photos"


# --- findings --------------------------------------------------------------------------------------------------------
def test_personal_data_in_a_caption_warns_and_forbids_nothing(parts: Parts) -> None:
    with parts.db.write() as session:
        organisation_id, facebook, _ = _scene(session)
        caption = "Penerima: NIK 3201392008850001, WA 0812-3456-7890, UU 11/2009, Rp 600.000"
        telling = scenery.post(session, organisation_id, [facebook], caption=caption)
        assert _codes(session, telling) == [("personal_data", False)]
        (finding,) = drafting.findings(session, telling)
        assert finding.facts == {"what": "NIK dan nomor telepon"}
        drafting.blocked(session, telling)


def test_findings(parts: Parts) -> None:
    with parts.db.write() as session:
        organisation_id, facebook, instagram = _scene(session)
        sick = scenery.account(session, organisation_id, health="broken")
        nowhere = scenery.post(session, organisation_id, caption="")
        assert _codes(session, nowhere) == [("no_account", True), ("empty_post", True)]
        bare = scenery.post(session, organisation_id, [facebook, instagram, sick])
        assert _codes(session, bare) == [("photo_needed", True), ("account_broken", False)]
        drafting.add_photo(session, bare, _taken(1), BY)
        assert _codes(session, bare) == [("alt_text_missing", False), ("account_broken", False)]
        drafting.blocked(session, bare)
        loud = scenery.post(session, organisation_id, [instagram], caption="#a " * 31 + "@b " * 21)
        drafting.add_photo(session, loud, _taken(2), BY, alt_text="x")
        assert _codes(session, loud) == [("too_many_hashtags", True), ("too_many_mentions", True)]


def test_limits_are_asked_of_the_words_that_are_really_sent(parts: Parts) -> None:
    with parts.db.write() as session:
        organisation_id, facebook, instagram = _scene(session)
        post_id = scenery.post(session, organisation_id, [facebook, instagram], caption="x" * 3000)
        drafting.add_photo(session, post_id, _taken(1), BY, alt_text="x")
        assert [found.account_id for found in drafting.findings(session, post_id)] == [instagram]
        session.get_one(Post, post_id).variants = {"instagram": "pendek"}
        session.flush()
        assert drafting.findings(session, post_id) == []


def test_accounts_that_are_served_stand_in_no_ones_way(parts: Parts) -> None:
    with parts.db.write() as session:
        organisation_id, facebook, instagram = _scene(session)
        for state in ("published", "cancelled", "withdrawn", "gone"):
            post_id = scenery.post(session, organisation_id, [facebook, instagram], state="partly")
            scenery.delivery(session, post_id, facebook, "failed")
            scenery.delivery(session, post_id, instagram, state, remote_id="1")
            assert _codes(session, post_id) == []


@given(st.text())
def test_length_is_the_stricter_count(text: str) -> None:
    assert drafting.length(text) >= len(text)
    assert drafting.length(text + "🙏") == drafting.length(text) + 2


# --- to the approver -------------------------------------------------------------------------------------------------
def test_submit_and_discard(parts: Parts) -> None:
    with parts.db.write() as session:
        organisation_id, facebook, _ = _scene(session)
        empty = scenery.post(session, organisation_id, [facebook], caption="")
        good = scenery.post(session, organisation_id, [facebook], sent_back="buram")
    with pytest.raises(Problem) as problem, parts.db.write() as session:
        drafting.submit(session, empty, BY)
    assert problem.value.code == "empty_post"
    with parts.db.write() as session:
        post = drafting.submit(session, good, BY)
        assert (post.state, post.sent_back) == ("in_review", None)
    with pytest.raises(Problem) as problem, parts.db.write() as session:
        drafting.submit(session, good, BY)
    assert problem.value.code == "wrong_state"
    with parts.db.write() as session:
        drafting.discard(session, good, BY)
        drafting.discard(session, empty, BY)
        assert session.exec(select(Post.state).order_by(col(Post.id))).all() == ["cancelled", "cancelled"]
