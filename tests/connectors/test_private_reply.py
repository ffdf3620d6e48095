"""One private message to whoever wrote a comment: both Graph connectors against the practice platform."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import pytest

from connectors import Connector, Credentials, Gone, Refused, SignInAgain, Unsure, Wire, load
from connectors.facebook import Facebook
from connectors.instagram import Instagram
from connectors.practice.context import SCOPES
from connectors.practice.control import Control
from connectors.practice.server import PracticeServer
from tests.practice.caller import Caller, instagram_post

TEXT = "Bu, boleh kami telepon? 🙏 “rahasia” & {aman}"
NEEDS = {"facebook": "pages_messaging", "instagram": "instagram_manage_messages"}


@dataclass(frozen=True)
class Talk:
    """A connector, its account, and a resident's comment on a post of it."""

    name: str
    connector: Connector
    control: Control
    account_id: str
    token: str
    post_id: str
    comment_id: str

    def messages(self) -> list[tuple[str, str]]:
        return self.control.messages(self.account_id)


@pytest.fixture(params=["facebook", "instagram"])
def talk(request: pytest.FixtureRequest, practice: Control, practice_server: PracticeServer) -> Iterator[Talk]:
    page = practice.make_page()
    facebook = request.param == "facebook"
    token, account_id = (page.page_token, page.page_id) if facebook else (page.ig_token, page.ig_id)
    caller = Caller(practice.url, page.page_token)
    with closing(caller.session):
        if facebook:
            post_id = caller.post(f"{page.page_id}/feed", message="Kerja bakti")["id"]
        else:
            post_id = instagram_post(practice, caller, page)
    comment_id = practice.comment(post_id, "Siti", "Bapak saya sakit dan dipukul")
    kind = Facebook if facebook else Instagram
    with closing(kind(Credentials(account_id, {"token": token}), Wire(practice_server.url, timeout_s=10))) as one:
        yield Talk(request.param, one, practice, account_id, token, post_id, comment_id)


def test_it_arrives_once(talk: Talk) -> None:
    made = talk.connector.private_reply(talk.comment_id, TEXT)
    assert made
    assert talk.messages() == [(talk.comment_id, TEXT)]
    with pytest.raises(Refused) as refused:
        talk.connector.private_reply(talk.comment_id, "lagi")
    assert refused.value.code == "private_once"
    assert talk.messages() == [(talk.comment_id, TEXT)]
    (shown,) = talk.connector.comments(talk.post_id)
    assert shown.text == "Bapak saya sakit dan dipukul", "nothing of it is public"


def test_an_unclear_try_is_unsure_and_not_sent_again(talk: Talk) -> None:
    talk.control.fault("message", "lost_answer")
    with pytest.raises(Unsure):
        talk.connector.private_reply(talk.comment_id, TEXT)
    assert talk.messages() == [(talk.comment_id, TEXT)]
    assert len(talk.control.log(kind="message")) == 1


@pytest.mark.parametrize("what", ["truncated", "empty", "html_502_acted"])
def test_an_answer_that_says_nothing_is_unsure(talk: Talk, what: str) -> None:
    talk.control.fault("message", what)
    with pytest.raises(Unsure):
        talk.connector.private_reply(talk.comment_id, TEXT)


def test_too_late_says_within_how_many_days(talk: Talk) -> None:
    talk.control.set_clock(8 * 24 * 3600)
    with pytest.raises(Refused) as refused:
        talk.connector.private_reply(talk.comment_id, TEXT)
    assert (refused.value.code, refused.value.facts["days"]) == ("private_window", 7)
    assert talk.messages() == []


def test_without_the_right_only_this_is_refused(talk: Talk) -> None:
    talk.control.set_scopes(talk.token, [scope for scope in SCOPES if scope != NEEDS[talk.name]])
    with pytest.raises(Refused) as refused:
        talk.connector.private_reply(talk.comment_id, TEXT)
    assert (refused.value.code, refused.value.facts["permission"]) == ("private_right", NEEDS[talk.name])
    assert talk.connector.reply(talk.comment_id, "Kami bantu, Bu.")


def test_what_is_gone_and_what_is_ours(talk: Talk) -> None:
    own = talk.connector.reply(talk.comment_id, "Kami bantu, Bu.")
    with pytest.raises(Refused):
        talk.connector.private_reply(own, TEXT)
    talk.control.delete_comment(talk.comment_id)
    with pytest.raises(Gone):
        talk.connector.private_reply(talk.comment_id, TEXT)
    talk.control.end_token(talk.token)
    with pytest.raises(SignInAgain):
        talk.connector.private_reply(talk.comment_id, TEXT)


def test_only_the_graph_connectors_can() -> None:
    assert {name for name, kind in load().items() if "private_reply" in kind.can} == {"facebook", "instagram"}
