"""Residents: the same story for the same post, over practice time, and answers to the Page."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from connectors.practice.cast import CAST, WORDS
from connectors.practice.control import Control
from connectors.practice.residents import story
from connectors.practice.server import PracticeServer
from tests.practice.caller import Caller


def until(condition: Callable[[], bool], seconds: float = 30) -> None:
    """Poll a condition with a deadline."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not come true in time"
        time.sleep(0.02)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PracticeServer]:
    with PracticeServer(tmp_path / "p.sqlite3", residents=True, speed="demo") as server:
        yield server


@pytest.fixture
def busy(server: PracticeServer) -> Control:
    return Control(server.url)


def test_a_story_depends_on_seed_and_post_alone() -> None:
    assert story(1, "1_2", "Posyandu") == story(1, "1_2", "Posyandu")
    assert story(1, "1_2", "Posyandu") != story(1, "1_3", "Posyandu")
    assert story(1, "1_2", "Posyandu") != story(2, "1_2", "Posyandu")


@pytest.mark.parametrize("number", range(40))
def test_every_story_is_a_good_rehearsal(number: int) -> None:
    steps = story(7, f"1_{number}", "Pembagian sembako")
    said = [step for step in steps if step["what"] == "comment"]
    assert said[0]["due"] < 5
    assert 8 <= sum(step["due"] <= 45 for step in said) <= 12
    kinds = {step["mark"].split(":")[0] for step in said}
    assert {"pujian", "pertanyaan", "keluhan", "saran", "spam", "sunda", "kritik", "emoji", "balas"} <= kinds
    assert len({step["text"] for step in said}) == len(said)
    assert sum(step["what"] == "react" for step in steps) >= 20
    people = {one.name: one for one in CAST}
    for step in said:
        kind = step["mark"].split(":")[0]
        assert kind == "balas" or kind in people[step["person"]].says


def test_they_come_to_a_public_post_and_to_no_other(busy: Control) -> None:
    page = busy.make_page(followers=500)
    graph = Caller(busy.url, page.page_token)
    hidden = graph.post(f"{page.page_id}/feed", message="Draf", published="false")["id"]
    post = graph.post(f"{page.page_id}/feed", message="Posyandu lansia")["id"]
    busy.set_clock(5)  # within the demo's first five seconds
    until(lambda: len(busy.posts(page.page_id)[0].comments) > 0)
    first = busy.posts(page.page_id)[0]
    busy.set_clock(120)
    until(lambda: len(busy.posts(page.page_id)[0].comments) >= 9)
    grown = busy.posts(page.page_id)[0]
    assert grown.figures["views"] > first.figures["views"]
    expected = {step["text"] for step in story(1, post, "Posyandu lansia") if step["what"] == "comment"}
    told = {one.text for one in grown.comments} | {reply.text for one in grown.comments for reply in one.replies}
    assert told == expected
    assert busy.posts(page.page_id, unpublished=True)[0].comments == ()
    assert graph.get(hidden, fields="is_published")["is_published"] is False


def test_they_answer_the_page_sometimes_and_spammers_never(busy: Control) -> None:
    page = busy.make_page()
    graph = Caller(busy.url, page.page_token)
    for n in range(3):
        graph.post(f"{page.page_id}/feed", message=f"Kiriman {n}")
    busy.set_clock(200)
    until(lambda: all(len(post.comments) >= 9 for post in busy.posts(page.page_id)))
    for post in busy.posts(page.page_id):
        for comment in post.comments:
            graph.post(f"{comment.id}/comments", message="Terima kasih, kami catat.")
    busy.set_clock(400)

    def answers() -> list[tuple[str, str]]:
        return [
            (comment.author, reply.author)
            for post in busy.posts(page.page_id)
            for comment in post.comments
            for reply in comment.replies
            if reply.text in WORDS["lanjut"]
        ]

    until(lambda: len(answers()) >= 5)
    assert all(asker == answerer for asker, answerer in answers())
    assert "Info Cuan Harian" not in {asker for asker, _ in answers()}


def test_a_restart_changes_nothing_of_the_story(tmp_path: Path) -> None:
    path = tmp_path / "p.sqlite3"
    with PracticeServer(path, residents=True, speed="latihan") as server:
        control = Control(server.url)
        page = control.make_page()
        post = Caller(server.url, page.page_token).post(f"{page.page_id}/feed", message="Halo")["id"]
        control.set_clock(300)
        until(lambda: len(control.posts(page.page_id)[0].comments) > 0)
    with PracticeServer(path, residents=True, speed="demo") as server:
        control = Control(server.url)
        control.set_clock(1500)
        expected = [
            step["text"] for step in story(1, post, "Halo") if step["what"] == "comment" and not step.get("answers")
        ]
        until(lambda: len(control.posts(page.page_id)[0].comments) == len(expected))
        assert [one.text for one in control.posts(page.page_id)[0].comments] == expected


def test_residents_can_be_switched_off(server: PracticeServer, busy: Control) -> None:
    busy.residents(on=False)
    page = busy.make_page()
    Caller(busy.url, page.page_token).post(f"{page.page_id}/feed", message="Halo")
    busy.set_clock(300)
    server.residents.tick()
    assert busy.posts(page.page_id)[0].comments == ()
    busy.residents(on=True)
    busy.set_clock(600)
    until(lambda: len(busy.posts(page.page_id)[0].comments) > 3)
