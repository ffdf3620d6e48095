"""Every row of the table of errors, by number; and that nothing but numbers decides where numbers are enough."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import connectors
from connectors import Busy, ConnectorError, Gone, Refused, SignInAgain, Unsure
from connectors._graph_errors import CODES, KEYS, PAIRS, SUBCODES, classify, rule_for

#: (code, subcode, class in a commit, key). A transient one is Unsure in a commit and Busy elsewhere.
ROWS: list[tuple[int, int | None, type[ConnectorError], str]] = [
    (1, None, Unsure, "server_error"),
    (1, 99, Unsure, "server_error"),
    (2, None, Unsure, "server_error"),
    (-1, 2207001, Unsure, "server_error"),
    (-1, 2207032, Unsure, "server_error"),
    (-2, 2207003, Unsure, "server_error"),
    (24, 2207008, Unsure, "server_error"),
    (-1, None, Unsure, "server_error"),
    (-2, None, Unsure, "server_error"),
    (4, None, Busy, "rate_limit"),
    (17, None, Busy, "rate_limit"),
    (32, None, Busy, "rate_limit"),
    (341, None, Busy, "rate_limit"),
    (613, None, Busy, "rate_limit"),
    (80001, None, Busy, "rate_limit"),
    (80002, None, Busy, "rate_limit"),
    (80014, None, Busy, "rate_limit"),
    (368, 1390008, Busy, "posting_too_fast"),
    (9, 2207042, Busy, "quota"),
    (9007, 2207027, Busy, "not_ready"),
    (9007, None, Busy, "not_ready"),
    (190, None, SignInAgain, "token_invalid"),
    (190, 463, SignInAgain, "token_expired"),
    (190, 460, SignInAgain, "password_changed"),
    (190, 458, SignInAgain, "app_removed"),
    (190, 459, SignInAgain, "checkpoint"),
    (190, 464, SignInAgain, "unconfirmed"),
    (190, 467, SignInAgain, "token_invalid"),
    (190, 492, SignInAgain, "page_role_lost"),
    (190, 999, SignInAgain, "token_invalid"),
    (190, 2069032, SignInAgain, "user_token"),
    (190, 33, SignInAgain, "token_invalid"),
    (102, None, SignInAgain, "token_invalid"),
    (104, None, SignInAgain, "no_token"),
    (2500, None, SignInAgain, "no_token"),
    (25, 2207050, SignInAgain, "account_restricted"),
    (25, None, SignInAgain, "account_restricted"),
    (100, 1404078, SignInAgain, "page_authorisation"),
    (368, 4854002, SignInAgain, "page_authorisation"),
    (3, None, SignInAgain, "permission"),
    (10, None, SignInAgain, "permission"),
    (200, None, SignInAgain, "permission"),
    (299, None, SignInAgain, "permission"),
    (506, 1455006, Refused, "duplicate"),
    (506, None, Refused, "duplicate"),
    (10, 2018278, Refused, "private_window"),
    (10900, None, Refused, "private_once"),
    (551, 1545041, Refused, "private_unavailable"),
    (551, None, Refused, "private_unavailable"),
    (368, 1346003, Refused, "abusive"),
    (368, 1404102, Refused, "abusive"),
    (368, None, Refused, "abusive"),
    (4, 2207051, Refused, "spam"),
    (1609005, None, Refused, "link"),
    (100, 1609008, Refused, "link"),
    (324, 2069019, Refused, "photo_bad"),
    (324, None, Refused, "photo_bad"),
    (100, 1366046, Refused, "photo_too_large"),
    (1, 1366046, Refused, "photo_too_large"),
    (100, 1366051, Refused, "photo_already_posted"),
    (36000, 2207004, Refused, "photo_too_large"),
    (36001, 2207005, Refused, "photo_format"),
    (36003, 2207009, Refused, "photo_ratio"),
    (36004, 2207010, Refused, "caption_too_long"),
    (9004, 2207052, Refused, "url_not_fetchable"),
    (100, 2207028, Refused, "carousel_count"),
    (100, 2207023, Refused, "media_type"),
    (110, 2207013, Refused, "not_professional"),
    (352, 2207026, Refused, "video"),
    (3001, 1504028, Refused, "no_metric"),
    (3001, None, Refused, "no_metric"),
    (1609005, 1609008, Refused, "link"),
    (1609008, None, Refused, "link"),
    (1366046, None, Refused, "photo_too_large"),
    (1366051, None, Refused, "photo_already_posted"),
    (36000, None, Refused, "photo_too_large"),
    (36001, None, Refused, "photo_format"),
    (36003, None, Refused, "photo_ratio"),
    (36004, None, Refused, "caption_too_long"),
    (9004, None, Refused, "url_not_fetchable"),
    (352, None, Refused, "video"),
    (100, 33, Gone, "gone"),
    (803, None, Gone, "gone"),
    (24, 2207006, Gone, "gone"),
    (100, None, Refused, "unknown_refusal"),
    (12, None, Refused, "unknown_refusal"),
    (300, None, Refused, "unknown_refusal"),
    (987654, 321, Refused, "unknown_refusal"),
]


def told(code: int | None, subcode: int | None = None, message: str = "no", **more: object) -> dict[str, object]:
    error = {"message": message, "type": "OAuthException", "code": code, "error_subcode": subcode, **more}
    return {key: value for key, value in error.items() if value is not None}


@pytest.mark.parametrize(("code", "subcode", "kind", "key"), ROWS)
def test_the_table(code: int, subcode: int | None, kind: type[ConnectorError], key: str) -> None:
    error = classify(told(code, subcode, fbtrace_id="Atrace", error_user_msg="Kata Meta"), status=400, commits=True)
    assert type(error) is kind
    assert error.code == key
    assert error.facts["code"] == code
    assert error.facts.get("subcode") == subcode
    assert (error.facts["trace"], error.facts["user_msg"]) == ("Atrace", "Kata Meta")
    elsewhere = classify(told(code, subcode), status=400, commits=False)
    assert type(elsewhere) is (Busy if kind is Unsure else kind)
    # Also from a JSON that writes its numbers as text.
    as_text = {"message": "no", "code": str(code), "error_subcode": str(subcode)}
    assert classify(as_text, status=400, commits=True).code == key


@pytest.mark.parametrize(("code", "subcode", "kind", "key"), ROWS)
def test_a_known_number_is_stronger_than_the_status(
    code: int, subcode: int | None, kind: type[ConnectorError], key: str
) -> None:
    """Meta's rate limits carry is_transient, and yet they are a definite no."""
    error = classify(told(code, subcode, is_transient=True), status=500, commits=True)
    if key == "unknown_refusal" and code != 12:
        assert type(error) is Unsure
    else:
        assert (type(error), error.code) == (kind, key)


def test_the_tests_cover_the_whole_table() -> None:
    numbers = {(code, subcode) for code, subcode, _, _ in ROWS}
    assert {subcode for _, subcode in numbers} >= set(SUBCODES)
    assert numbers >= set(PAIRS)
    spans = {*range(200, 300), *range(80000, 80015)}
    assert {code for code, subcode in numbers if subcode is None} | spans >= set(CODES)
    rules = [*SUBCODES.values(), *PAIRS.values(), *CODES.values()]
    assert {rule.key for rule in rules} <= set(KEYS)


@pytest.mark.parametrize(
    ("scope", "code", "expected"),
    [("page", 4, "app"), ("page", 17, "user"), ("ig", 32, "page"), ("ig", 613, "ig"), ("page", 613, "page"),
     ("page", 80002, "ig"), ("ig", 80001, "page")],
)  # fmt: skip
def test_whose_limit(scope: str, code: int, expected: str) -> None:
    error = classify(told(code), status=400, commits=False, account_scope=scope)
    assert isinstance(error, Busy)
    assert (error.limit, error.scope, error.retry_after) == (True, expected, None)


def test_the_sample_of_the_platform_documents() -> None:
    """The two sample objects of Meta's pages, with all their fields."""
    first = told(190, 460, "Message describing the error", error_user_title="A title", error_user_msg="A message",
                 fbtrace_id="EJplcsCHuLu")  # fmt: skip
    second = told(36000, 2207004, "The image size is too large.", is_transient=False, fbtrace_id="A6LJylpZRKw2xKLFsAP",
                  error_user_msg="The image is too large to download. It should be less than 8 MiB.")  # fmt: skip
    assert isinstance(classify(first, status=400, commits=False), SignInAgain)
    refused = classify(second, status=400, commits=False)
    assert (type(refused), refused.code) == (Refused, "photo_too_large")


def test_code_100_by_words() -> None:
    def key(message: str) -> ConnectorError:
        return classify(told(100, None, message), status=400, commits=True)

    missing = key(
        "(#100) Object does not exist, cannot be loaded due to missing permission or reviewable feature, or does not "
        "support this operation. This endpoint requires the 'pages_read_engagement' permission or a feature."
    )
    assert isinstance(missing, SignInAgain)
    assert (missing.code, missing.facts["permission"]) == ("permission", "pages_read_engagement")
    proof = key("(#100) Pages Public Content Access requires either app secret proof or an app token")
    assert (type(proof), proof.code) == (SignInAgain, "app_secret_proof")
    wrong = key("Invalid appsecret_proof provided in the API argument")
    assert wrong.code == "app_secret_proof"
    assert key("(#100) The value must be a valid insights metric").code == "no_metric"
    assert key("(#100) The message is too long").code == "caption_too_long"
    gone = classify(told(100, 33, "missing permissions"), status=400, commits=True)
    assert isinstance(gone, Gone)


def test_every_key_that_is_raised_is_explained() -> None:
    """``app/words.py`` has a sentence for each of KEYS; a key missing there would be shown raw."""
    folder = Path(connectors.__file__).parent
    files = [
        *folder.glob("_graph*.py"),
        *folder.glob("_instagram_c*.py"),
        folder / "facebook.py",
        folder / "instagram.py",
    ]
    raised: set[str] = set()
    for file in files:
        raised |= set(re.findall(r'(?:Busy|Refused|SignInAgain|Unsure|Gone|unclear)\(\s*"(\w+)"', file.read_text()))
    assert len(raised) > 15
    assert raised <= set(KEYS)


def test_numbers_in_words_decide_nothing() -> None:
    assert rule_for(100, None, "(#190) error 463 at 2207051", transient=False).key == "unknown_refusal"
    assert rule_for(1900, 4630, "Session has expired", transient=False).key == "unknown_refusal"
    assert rule_for(None, None, "rate limit reached", transient=False).key == "unknown_refusal"
    assert rule_for(2500, None, "Unknown path components: /permissions", transient=False).key == "unknown_refusal"
    assert rule_for(2500, None, 'Syntax error "Expected name"', transient=False).key == "unknown_refusal"
    assert rule_for(2500, None, "An active access token must be used", transient=False).key == "no_token"
    assert rule_for(80015, None, "", transient=False).key == "unknown_refusal"


def test_facts_are_short_and_without_secrets() -> None:
    error = classify(
        told(100, None, "x" * 5000 + "geheim", error_user_msg="geheim"),
        status=400,
        commits=False,
        redact=lambda text: text.replace("geheim", "***"),
    )
    assert len(error.facts["message"]) == 300
    assert error.facts["user_msg"] == "***"
