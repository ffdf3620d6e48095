"""The table from an error to what happens next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


_numbers = st.none() | st.floats() | st.floats(0, 100_000)
_errors = st.one_of(
    st.builds(
        Busy,
        st.sampled_from(
            ["server_error", "not_ready", "rate_limit", "lease_short", "clock_off", "paused", "staged_gone"]
        ),
        retry_after=_numbers,
        limit=st.booleans(),
        unreached=st.booleans(),
    ),
    st.builds(Unsure, st.sampled_from(["timeout", "dropped"])),
    st.builds(Gone, st.just("gone")),
    st.builds(Refused, st.sampled_from(["abusive", "photo_already_posted"])),
    st.builds(SignInAgain, st.just("token_expired")),
    st.builds(PhotoProblem, st.sampled_from(["busy", "broken"])),
    st.builds(Problem, st.sampled_from(["practice_not_running", "sealed_with_other_key", "caption_too_long"])),
    st.sampled_from([ZeroDivisionError(), OSError("disk"), MemoryError()]),
)


@given(_errors, st.booleans(), st.integers(1, 60), st.floats(0.01, 1e6), st.floats(0.01, 1e6))
def test_every_wait_is_bounded_and_never_earlier_than_asked(
    error: Exception, committing: bool, attempts: int, first: float, longest: float
) -> None:
    times = Settings(home=Path("nowhere"), retry_first_s=first, retry_max_s=longest, unsure_first_s=min(first, longest))
    outcome = outcomes.decide(error, committing=committing, attempts=attempts, settings=times, present=AT)
    wake_at = outcome.changes["wake_at"]
    if outcome.action in ("fail", "hold"):
        assert wake_at is None
        return
    wait = (wake_at - AT).total_seconds()
    asked = error.retry_after if isinstance(error, Busy) else None
    free = isinstance(error, Busy) and (
        error.limit or error.unreached or error.code in ("lease_short", "clock_off", "paused")
    )
    free = free or isinstance(error, Problem)
    heeded = isinstance(error, Busy) and (error.limit or not free)
    if heeded and asked is not None and asked > 0:
        assert wait >= min(asked, 86_400) - 1e-5, "never earlier than asked"
        assert wait <= max(longest, asked) + 1e-5
        assert wait <= max(longest, 86_400) + 1e-5, "whatever is asked"
    elif heeded and isinstance(error, Busy) and error.limit:
        assert wait == 60
    else:
        assert 0 <= wait <= longest + 1e-5
    if outcome.action == "wait":
        assert outcome.changes["attempts"] == (attempts - 1 if free else attempts)
        assert free or attempts < outcomes.MOST_ATTEMPTS, "at most eight"


@given(_errors | st.none(), st.integers(0, 100_000), st.floats(0.01, 1e6))
def test_every_look_is_bounded(error: Exception | None, looks: int, first: float) -> None:
    times = Settings(home=Path("nowhere"), unsure_first_s=first)
    wait = (outcomes.look_at(error, looks, times, AT) - AT).total_seconds()
    assert outcomes.asked_s(error) - 1e-5 <= wait <= max(600, outcomes.asked_s(error)) + 1e-5
    assert wait >= 0.75 * min(first, 600) - 1e-5
    resend = (outcomes.resend_at(looks, times, AT) - AT).total_seconds()
    assert 0 <= resend <= times.retry_max_s


def test_no_two_wait_alike() -> None:
    for error, committing in ((Busy("server_error"), True), (Unsure("timeout"), False), (ZeroDivisionError(), False)):
        waits = {_decide(error, committing=committing, attempts=4).changes["wake_at"] for _ in range(20)}
        assert len(waits) > 10
    assert len({outcomes.look_at(None, 3, SETTINGS, AT) for _ in range(20)}) > 10
    assert len({_decide(Busy("unreached", unreached=True)).changes["wake_at"] for _ in range(20)}) > 10
