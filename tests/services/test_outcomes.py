"""The table from an error to what happens next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.problems import Problem
from app.services import outcomes
from app.settings import Settings
from connectors import Busy, Gone, Refused, SignInAgain, Unsupported, Unsure
from media.problems import PhotoProblem

AT = datetime(2026, 8, 20, 12, 0, tzinfo=UTC)
SETTINGS = Settings(home=Path("nowhere"), retry_first_s=10, retry_max_s=100, unsure_first_s=7)


def _decide(error: Exception, *, committing: bool = False, attempts: int = 1) -> outcomes.Outcome:
    return outcomes.decide(error, committing=committing, attempts=attempts, settings=SETTINGS, present=AT)


@pytest.mark.parametrize(
    ("error", "staging", "committing"),
    [
        (Unsure("dropped"), "wait", "unclear"),
        (Busy("server_error"), "wait", "wait"),
        (Busy("unreached", unreached=True), "wait", "wait"),
        (Busy("rate_limit", limit=True), "wait", "wait"),
        (SignInAgain("token_expired"), "hold", "hold"),
        (Gone("gone"), "wait", "wait"),
        (Refused("abusive"), "fail", "fail"),
        (Unsupported("reply"), "fail", "fail"),
        (PhotoProblem("busy"), "wait", "wait"),
        (PhotoProblem("broken"), "fail", "fail"),
        (Problem("caption_too_long"), "fail", "fail"),
        (Problem("sealed_with_other_key"), "hold", "hold"),
        (Problem("practice_not_running"), "wait", "wait"),
        (ZeroDivisionError(), "wait", "unclear"),
        (OSError("disk"), "wait", "unclear"),
    ],
    ids=lambda value: getattr(value, "code", None) or str(value) or type(value).__name__,
)
def test_table(error: Exception, staging: str, committing: str) -> None:
    assert _decide(error).action == staging
    assert _decide(error, committing=True).action == committing


def test_only_what_a_person_must_do_has_no_next_look() -> None:
    assert _decide(Refused("abusive")).changes["wake_at"] is None
    for error in (Busy("x"), Unsure("x"), Gone("gone"), ZeroDivisionError()):
        for committing in (False, True):
            assert _decide(error, committing=committing).changes["wake_at"] > AT


def test_an_unclear_answer_is_looked_up_after_the_stated_time() -> None:
    changes = _decide(Unsure("timeout"), committing=True).changes
    assert changes["wake_at"] == AT + timedelta(seconds=7)
    assert (changes["unsure_since"], changes["looks"], changes["error_code"]) == (AT, 0, "timeout")


@pytest.mark.parametrize("attempts", range(1, 8))
def test_waits_double_with_jitter_and_are_capped(attempts: int) -> None:
    longest = min(100, 10 * 2 ** (attempts - 1))
    for _ in range(20):
        wait = _decide(Busy("server_error"), attempts=attempts).changes["wake_at"] - AT
        assert timedelta(seconds=longest / 2) <= wait <= timedelta(seconds=longest)


def test_the_eighth_attempt_is_the_last() -> None:
    assert _decide(Busy("server_error"), attempts=7).action == "wait"
    last = _decide(Busy("server_error"), attempts=8)
    assert (last.action, last.changes["error_code"]) == ("fail", "server_error")


def test_a_wait_the_platform_asked_for_is_never_shortened() -> None:
    assert _decide(Busy("server_error", retry_after=5000)).changes["wake_at"] == AT + timedelta(seconds=5000)
    limit = _decide(Busy("rate_limit", limit=True, retry_after=5000))
    assert limit.changes["wake_at"] == AT + timedelta(seconds=5000)
    assert limit.limit is not None


@pytest.mark.parametrize(
    "error", [Busy("rate_limit", limit=True), Busy("unreached", unreached=True), Problem("practice_not_running")]
)
def test_limits_and_no_connection_cost_no_attempt(error: Exception) -> None:
    outcome = _decide(error, attempts=50)
    assert (outcome.action, outcome.changes["attempts"]) == ("wait", 49)


def test_a_limit_without_an_end_pauses_the_account_a_minute() -> None:
    limit = _decide(Busy("rate_limit", limit=True))
    assert limit.changes["wake_at"] == AT + timedelta(minutes=1)
    assert limit.limit is not None
    assert _decide(Busy("server_error")).limit is None


def test_no_connection_is_tried_again_soon() -> None:
    wait = _decide(Busy("unreached", unreached=True), attempts=50).changes["wake_at"] - AT
    assert timedelta(0) < wait <= timedelta(seconds=15)


def test_what_vanished_there_is_staged_anew() -> None:
    for error in (Gone("gone"), Busy("staged_gone")):
        assert _decide(error).drop
    assert not _decide(Busy("server_error")).drop


def test_a_dead_key_breaks_the_account() -> None:
    error = SignInAgain("token_expired")
    assert _decide(error).broken is error
    assert _decide(Refused("abusive")).broken is None


def test_the_reason_is_kept_with_its_facts() -> None:
    changes = _decide(Refused("unknown_refusal", code=368)).changes
    assert (changes["error_code"], changes["error_facts"]) == ("unknown_refusal", {"code": 368})
