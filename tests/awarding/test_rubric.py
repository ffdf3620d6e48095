"""The rubric: what may be changed and what is refused; canonical JSON and its hash."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import words
from app.awarding import canonical, rubric
from app.awarding.exact import Unusable


def test_the_default_is_as_published() -> None:
    default = rubric.read()
    assert list(default.weights.values()) == [20, 25, 12, 8, 10, 25]
    assert default.min_active_months == Fraction(3, 4)
    assert [default.per_week(name) for name in ("perangkat daerah · 500–1.999", "desa", "lain")] == [2, 1, 1]
    assert rubric.plain(default) == rubric.DEFAULT
    assert json.loads(json.dumps(rubric.plain(default))) == rubric.DEFAULT, "any writer of JSON takes it"
    # Whoever changes the default changes this line too: awards that were fixed with it keep their own.
    assert rubric.sha256(default) == "1984c45aefbb4bdd0450d779585ba988d1fcd23e9ba2205f2bf61b30a546cde2"


def test_what_is_not_given_stays() -> None:
    given_ = {"weights": {"kualitas": Decimal("12.5")}, "posts_per_week": {"desa": 3}, "min_posts": 0, "bands": []}
    found = rubric.read(given_)
    assert (found.weights["kualitas"], found.weights["konsistensi"]) == (Fraction(25, 2), Fraction(20))
    assert (found.per_week("desa"), found.per_week("perangkat daerah")) == (3, 2)
    assert rubric.banded("desa", 700, found.bands) == "desa"
    kept = rubric.plain(found)
    assert rubric.read(json.loads(json.dumps(kept))) == found
    assert rubric.read(canonical.load(canonical.dump(kept))) == found
    assert rubric.sha256(found) == rubric.sha256(rubric.read(kept)) == canonical.sha256(kept)
    assert rubric.sha256(found) != rubric.sha256(rubric.read())


@pytest.mark.parametrize(
    ("given_", "code", "key"),
    [
        ([], "rubric_shape", ""),
        ("{}", "rubric_shape", ""),
        ({"weights": [20, 25]}, "rubric_shape", "weights"),
        ({"bobot": {}}, "rubric_key", "bobot"),
        ({7: 1}, "rubric_key", "7"),
        ({"weights": {"mutu": 25}}, "rubric_key", "weights.mutu"),
        ({"posts_per_week": {"dessa": 1}}, "rubric_key", "posts_per_week.dessa"),
        ({"weights": {"kualitas": "25"}}, "rubric_number", "weights.kualitas"),
        ({"weights": {"kualitas": True}}, "rubric_number", "weights.kualitas"),
        ({"weights": {"kualitas": None}}, "rubric_number", "weights.kualitas"),
        ({"weights": {"kualitas": float("nan")}}, "rubric_number", "weights.kualitas"),
        ({"weights": {"kualitas": float("inf")}}, "rubric_number", "weights.kualitas"),
        ({"weights": {"kualitas": -1}}, "rubric_range", "weights.kualitas"),
        ({"weights": {"kualitas": 0.1 + 0.2}}, "rubric_places", "weights.kualitas"),
        ({"weights": dict.fromkeys(rubric.INDICATORS, 0)}, "rubric_weights", None),
        ({"speed_full_hours": 24}, "rubric_speed", None),
        ({"speed_zero_hours": 3.5}, "rubric_speed", None),
        ({"min_active_months": 1.01}, "rubric_range", "min_active_months"),
        ({"min_posts": 1.5}, "rubric_whole", "min_posts"),
        ({"min_posts": -1}, "rubric_range", "min_posts"),
        ({"min_jurors": 0}, "rubric_range", "min_jurors"),
        ({"posts_per_week": {"desa": 0}}, "rubric_range", "posts_per_week.desa"),
        ({"breach_points": -5}, "rubric_range", "breach_points"),
        ({"shrink_items": 1e300}, "rubric_number", "shrink_items"),
        ({"reading_within_hours": 168}, "rubric_reading", None),
        ({"bands": [500, 500]}, "rubric_bands", None),
        ({"bands": [2000, 500]}, "rubric_bands", None),
        ({"bands": 500}, "rubric_shape", "bands"),
        ({"criteria": []}, "rubric_names", "criteria"),
        ({"criteria": ["manfaat", "manfaat"]}, "rubric_names", "criteria"),
        ({"criteria": [" "]}, "rubric_names", "criteria"),
        ({"version": "v1\u202e"}, "rubric_names", "version"),
        ({"version": 1}, "rubric_names", "version"),
    ],
)
def test_bad_values_are_refused(given_: Any, code: str, key: str | None) -> None:
    with pytest.raises(Unusable) as refused:
        rubric.read(given_)
    assert (refused.value.code, refused.value.facts.get("key")) == (code, key)
    said = words.sentence(code, refused.value.facts)
    assert said.endswith(".")
    assert "{" not in said


CONTENT = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.decimals(-99999, 99999, places=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=40, deadline=None)
@given(CONTENT)
def test_canonical_bytes_are_a_fixed_point(content: Any) -> None:
    try:
        first = canonical.dump(content)
    except Unusable:
        assert any(0xD800 <= ord(letter) <= 0xDFFF for letter in repr(content))
        return
    again = canonical.load(first)
    assert again == content
    assert canonical.dump(again) == first


def test_the_same_content_is_the_same_bytes() -> None:
    one = canonical.dump({"é": 1, "z": [0.75, Decimal("1.50"), 2.0, Decimal("-0.0")], "a": {"b": None, "a": True}})
    assert one.decode() == '{"a":{"a":true,"b":null},"z":[0.75,1.5,2,0],"é":1}'
    assert canonical.dump({"z": (Decimal("0.750"), 1.5, 2, 0), "a": {"a": True, "b": None}, "é": 1}) == one
    # printf '{"a":1}' | sha256sum
    assert canonical.sha256({"a": Decimal("1.0")}) == "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"


@pytest.mark.parametrize(
    "content",
    [
        *(float("nan"), [float("inf")], Decimal("NaN"), Decimal("sNaN"), 0.1 + 0.2, Decimal("0.00001"), {"a": 1e300}),
        *({1: "a"}, {"a": {None: 1}}, b"a", {"a": {1, 2}}, Fraction(1, 2), ["\ud800"], {"\udfff": 1}),
    ],
    ids=repr,
)
def test_what_has_no_canonical_form_is_refused(content: Any) -> None:
    with pytest.raises(Unusable) as refused:
        canonical.dump(content)
    assert refused.value.code == "canonical_content"


def test_nothing_is_too_deep() -> None:
    deep: Any = 1
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(Unusable):
        canonical.dump(deep)
    with pytest.raises(Unusable):
        canonical.load("[" * 100_000)


@pytest.mark.parametrize("text", [b"{", b'{"a":NaN}', b"[Infinity]", b"\xff\xfe", "", "1" * 5000])
def test_what_is_no_json_is_refused(text: bytes | str) -> None:
    with pytest.raises(Unusable) as refused:
        canonical.load(text)
    assert refused.value.code == "canonical_json"
