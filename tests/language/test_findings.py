"""Personal data is found however it is written, and nothing else is taken for it.

The tables personal_a.txt and personal_b.txt hold 40 texts and more for each type, and almost 300 that must stay silent.
Half A was developed on. Half B was scored once before anything was mended for it; that first score (recall, precision)
was: nik 1.00 1.00, kk 1.00 1.00, telepon 1.00 1.00, rekening 1.00 0.91, alamat 0.90 1.00, lokasi 0.95 1.00,
plat 1.00 1.00, email 0.95 1.00, tanggal_lahir 0.95 0.95. Half C (167 texts, 93 of them data, written and locked before
its author had read the code) gave, scored once: all together 0.968 and 0.978; telepon 0.95 1.00 (20), lokasi 0.88 1.00
(8), tanggal_lahir 0.90 0.90 (10), plat 1.00 0.89 (8), all others 1.00; two rows of DANA and GoPay, first called telepon
by the author, are called rekening as the contract says.
"""

from __future__ import annotations

import subprocess
import sys
import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.language.findings import PRECEDENCE, TYPES, find, names_in_need
from app.language.personal_numbers import valid_nik
from app.language.personal_text import read
from tests.language.personal_tables import score, table


def _found(text: str) -> list[tuple[str, str]]:
    return [(each.type, text[each.start : each.end]) for each in find(text)]


# --- the tables ------------------------------------------------------------------------------------------------------
def test_the_tables_are_large_enough() -> None:
    rows = [*table("a"), *table("b")]
    counted = {name: sum(1 for row in rows for want in row.wanted if want[0] == name) for name in TYPES}
    assert min(counted.values()) >= 40, counted
    assert sum(1 for row in rows if not row.wanted) >= 250
    assert len({row.text for row in rows}) == len(rows)
    assert set(PRECEDENCE) == set(TYPES)


@pytest.mark.parametrize("half", ["a", "b", "c"])
def test_recall_and_precision(half: str) -> None:
    scores = score(table(half), find)
    assert set(scores) == set(TYPES)
    weak = {name: each.misses for name, each in scores.items() if min(each.recall, each.precision) < 0.97}
    assert weak == {}


def test_the_score_sees_what_is_missed_and_what_is_wrong() -> None:
    rows = table("a")
    assert all(each.recall == 0 for each in score(rows, lambda text: []).values())
    everywhere = score(rows, lambda text: [("plat", 0, len(text))])["plat"]
    assert everywhere.precision < 0.1


# --- decisions -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("3201391203150007", [("nik", "3201391203150007")]),  # a card's number without its name has the form of a NIK
        ("KK 3201391203150007", [("kk", "3201391203150007")]),
        (
            "3201395203870004/3201391203120007 nik/kk saya",
            [("nik", "3201395203870004"), ("kk", "3201391203120007")],
        ),
        ("0812 x 3344 x 5566, pipa 1200x3000x150, foto 4x6", [("telepon", "0812 x 3344 x 5566")]),
        (
            "6 derajat 34 menit LS, 106 derajat 38 menit BT",
            [("lokasi", "6 derajat 34 menit LS, 106 derajat 38 menit BT")],
        ),
        ("nilai 6 34 12 LS, 206 38 45 BT", []),
        ("PT A 1234 B, CV B 1234 CD", []),
        (
            "3201395203870004, 12 Mar 1987, 12-05-2026",  # the very date in the number
            [("nik", "3201395203870004"), ("tanggal_lahir", "12 Mar 1987")],
        ),
        ("KK 3201395203150007", [("kk", "3201395203150007")]),
        ("KK dan NIK: 3201391203150007, 3201392008850001", [("kk", "3201391203150007"), ("nik", "3201392008850001")]),
        ("NIK 3201393102850001", []),  # the 31st of February
        ("NIK 3201392002850000", []),  # no serial
        ("NIK 1001392008850001", []),  # no such province
        ("nik 32013920088500012", []),  # 17 digits
        ("dana desa, hub 081234567890", [("telepon", "081234567890")]),
        ("Dana: 081234567890", [("rekening", "081234567890")]),
        ("BCA 8001234567 WA 081234567890", [("rekening", "8001234567"), ("telepon", "081234567890")]),
        ("0812 3456 7890 0857 1111 2222", [("telepon", "0812 3456 7890"), ("telepon", "0857 1111 2222")]),
        ("081234567890@gmail.com", [("email", "081234567890@gmail.com")]),
        ("https://maps.google.com/?q=-6.59,106.80", [("lokasi", "https://maps.google.com/?q=-6.59,106.80")]),
        ("RT 03 RW 05 gelap", []),
        ("alamat: RT 03 RW 05", [("alamat", "RT 03 RW 05")]),
        ("share lokasi dong", []),
        ("kelahiran 1985", []),
        ("", []),
    ],
)
def test_what_is_ambiguous_is_decided(text: str, wanted: list[tuple[str, str]]) -> None:
    assert _found(text) == wanted


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Ibu Siti Aminah yang sakit TBC", ["Siti Aminah"]),
        ("bansos untuk Pak Udin RT 03", ["Udin"]),
        ("mbah sarmi lumpuh, tinggal sendiri", ["sarmi"]),
        ("Neng Rina dipukul suaminya. Tolong Pak Dedi", ["Rina"]),
        ("a.n. Budi Santoso belum dapat PKH", ["Budi Santoso"]),
        ("korban KDRT bernama Yuni", ["Yuni"]),
        ("Siti Aminah sakit TBC", ["Siti Aminah"]),
        ("Pak Haji Romli sakit jantung", ["Romli"]),
        ("Pak Asep dan Bu Euis belum dapat sembako", ["Asep", "Euis"]),
        ("Pak Kades bansos kapan cair", []),
        ("Bu Bidan, anak saya sakit", []),
        ("terima kasih Pak Udin", []),
        ("jalan ke rumah sakit rusak", []),
        ("bapak yang sakit itu", []),
        ("", []),
    ],
)
def test_names_beside_health_aid_or_violence(text: str, names: list[str]) -> None:
    found = names_in_need(text)
    assert [text[each.start : each.end] for each in found] == names
    assert all(each.type == "nama" for each in found)


# --- whatever is typed -----------------------------------------------------------------------------------------------
_PIECES = st.sampled_from(
    [
        *(
            "3201392008850001",
            "081234567890",
            "Jl. ",
            "RT 03",
            "No. 1",
            " BCA ",
            "ttl ",
            "20-08-1985",
            "@",
            ".com",
            "a",
            "B 1234 ",
        ),
        *(
            "KK",
            "-6.59",
            ",",
            "106.80",
            "\u200b",
            "1️⃣",
            "İ",
            "ß",
            "０",
            "/",
            "nol delapan ",
            "\n",
            "(",
            "+62",
            "°",
            "'",
            '"',
        ),
        "Ibu Siti sakit",
    ]
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(_PIECES, st.text(max_size=6)), max_size=25).map("".join))
def test_never_raises_and_stays_within_the_text(text: str) -> None:
    found = find(text)
    at = 0
    for each in found:
        assert each.type in TYPES
        assert at <= each.start < each.end <= len(text)
        at = each.end
        if each.type in ("nik", "kk"):
            digits = read(text[each.start : each.end]).digits
            assert sum(sign.isdigit() for sign in digits) == 16
    for each in names_in_need(text):
        assert 0 <= each.start < each.end <= len(text)


_DIGITS = ("0123456789", "０１２３４５６７８９", "٠١٢٣٤٥٦٧٨٩", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗")


@st.composite
def _written(draw: st.DrawFn, digits: str) -> str:
    """A number with separators at random places (none doubled), in any digits."""
    alphabet = draw(st.sampled_from(_DIGITS))
    between = draw(st.sampled_from(["", " ", "-", ".", " - ", "\u200b", "_"]))
    cuts = draw(st.sets(st.integers(1, len(digits) - 1), max_size=len(digits) - 1))
    if between == " " and min(cuts, default=0) >= 10:  # «081234567890 2 orang»: eleven digits are a whole number
        cuts = set()
    return "".join((between if at in cuts else "") + alphabet[int(sign)] for at, sign in enumerate(digits))


_NIK = st.builds(
    "{}{:02}{:02}{:02}{:02}{:02}{:04}".format,
    st.sampled_from(["11", "32", "33", "35", "64", "73", "91", "96"]), st.integers(1, 79), st.integers(1, 60),
    st.one_of(st.integers(1, 28), st.integers(41, 68)), st.integers(1, 12), st.integers(0, 99), st.integers(1, 9999),
)  # fmt: skip
_MOBILE = st.builds(
    "08{}{}".format, st.sampled_from("12357 89".replace(" ", "")), st.from_regex(r"[0-9]{8,9}", fullmatch=True)
)


@settings(max_examples=100, deadline=None)
@given(st.data(), _NIK)
def test_a_nik_is_found_however_it_is_cut(data: st.DataObject, nik: str) -> None:
    assert valid_nik(nik)
    written = data.draw(_written(nik))
    assert _found(f"NIK saya {written} mohon dicek") == [("nik", written)]


@settings(max_examples=100, deadline=None)
@given(st.data(), _MOBILE)
def test_a_phone_number_is_found_however_it_is_cut(data: st.DataObject, number: str) -> None:
    written = data.draw(_written(number))
    assert _found(f"WA saya {written} ya") == [("telepon", written)]


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "1 ",
        "08 ",
        "0812-",
        "-6.5,",
        "12:00-",
        "a.",
        "a@a.",
        "jl. a ",
        "lahir 1 ",
        "B 1234 ",
        "bri 1 ",
        "nol ",
        "1\u200b",
    ],
)
def test_the_time_is_linear(piece: str) -> None:
    hostile = piece * (100_000 // len(piece))
    start = time.thread_time()  # our own work: what else the machine does is not counted
    find(hostile)
    assert time.thread_time() - start < 5


def test_every_sign_is_read_as_one_sign_or_none() -> None:
    every = "".join(chr(code) for code in range(0x20000) if not 0xD800 <= code < 0xE000)
    reading = read(every)
    assert len(reading.cased) == len(reading.low) == len(reading.digits) == len(reading.at or ())
    for text in ("", "a", "1️⃣2", "\u200b", "\x00", "e\u0301", "\ud800 081234567890"):
        reading = read(text)
        assert len(reading.low) == len(reading.cased)
        seen = sum(1 for sign in text if unicodedata.category(sign) not in ("Cf", "Mn", "Me") and sign != "\0")
        assert len(reading.low) == seen


# --- the command -----------------------------------------------------------------------------------------------------
def _check(said: bytes, *words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "app.cli", "text", "check", *words],
        input=said,
        capture_output=True,
        check=False,
        timeout=60,
    )


def test_the_command_as_a_process() -> None:
    done = _check("🙏 NIK 3201392008850001\r\nJl. Mawar No. 3".encode(), "--json")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == (
        b'{"findings": [{"type": "nik", "start": 6, "end": 22}, {"type": "alamat", "start": 24, "end": 39}]}\n'
    )
