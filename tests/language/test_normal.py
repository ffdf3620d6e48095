"""Informal Indonesian made plain."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.language.normal import MARKS, lexicon, normalise


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("MANTAAAP bgttt", "mantap banget"),
        ("anak2 jalan2nya", "anak anak jalan jalannya"),
        ("lampu tdk nyala, gk ada yg dtg", "lampu tidak nyala tidak ada yang datang"),
        ("g a c o r", "gacor"),
        ("g.a.c.o.r s*l*o*t", "gacor slot"),
        ("m4xw1n di sl0t88", "maxwin di slot <ekor>"),
        ("𝐆𝐀𝐂𝐎𝐑 ＳＬＯＴ ⓖⓐⓒⓞⓡ 🅶🅰🅲🅾🆁 ɢᴀᴄᴏʀ", "gacor slot gacor gacor gacor"),
        ("gаcоr S̶L̶O̶T̶ m\u200ba\u200bx", "gacor slot max"),
        ("🇬🇦🇨🇴🇷", "gacor"),
        ("░K░E░R░A░N░G░ menara 7/7/7, rapat 7/8/2026", "kerang menara <ekor> rapat <angka>"),
        ("bntuan blm turun, kmpak plthn selamaattt", "bantuan belum turun kompak pelatihan selamat"),
        ("krim truk sri dkt smp", "krim truk sri dekat smp"),  # whole as they stand, or known
        ("🇮🇩 merdeka", "merdeka"),
        ("punten, hatur nuhun pisan", "permisi terima kasih banget"),
        ("teu acan aya bantosan", "belum ada bantuan"),
        ("matur nuwun, dalane jeglongan piye", "terima kasih jalan lubang bagaimana"),
        ("tarimo kasih, bilo", "terima kasih kapan"),
        ("rt 05 rt05 p3k", "rt <angka> rt <angka> p3k"),
        ("dipotong 50rb, Rp 300.000", "dipotong <uang> <uang>"),
        ("hub 0812-3456-7890", "hubungi <nomor>"),
        ("klik https://a.b/c @andi99 a@b.co", "klik <tautan> <sebut> <surel>"),
        ("😀😃 wkwkwk ??", "<senang> <tawa> ?"),
        ("buaya4d", "buaya <ekor>"),
        ("PKK KK maaf", "pkk kk maaf"),
    ],
)
def test_one_spelling(written: str, plain: str) -> None:
    assert normalise(written).text == plain


def test_what_was_hidden_is_counted() -> None:
    assert normalise("𝐆𝐀𝐂𝐎𝐑").disguised == 5
    assert normalise("g a c o r").spelled == 1
    assert normalise("m4xw1n").leet == 1
    honest = normalise("Alhamdulillah 🙏🏽 anak2 👨‍👩‍👧 café №5 10 m²")
    assert (honest.disguised, honest.spelled, honest.leet) == (0, 0, 0)


def test_tokens_know_where_they_stood() -> None:
    text = "Pak, 𝐆𝐀𝐂𝐎𝐑 g a c o r jln2"
    stood = {text[token.start : token.end]: token.words for token in normalise(text).tokens}
    assert stood["𝐆𝐀𝐂𝐎𝐑"] == stood["g a c o r"] == ("gacor",)
    assert stood["Pak"] == ("bapak",)


_LISTED = [*lexicon()[0], *(word for phrase in lexicon()[1] for word in phrase)]
_PIECE = st.one_of(
    st.text(max_size=6),
    st.sampled_from([*_LISTED, *sorted(MARKS)]),
    st.text("ab01 .,:-/@*$'<>", max_size=6),
    st.sampled_from(["𝐆", "г", "😀", "rp 10", "ee", "2nya", "ny", "haha", "\u200b", "é", "🇬", "a", "b", "1"]),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(_PIECE, st.sampled_from(["", " "])), max_size=9))
def test_made_plain_twice_is_made_plain_once(pieces: list[tuple[str, str]]) -> None:
    text = "".join(piece + gap for piece, gap in pieces)
    once = normalise(text)
    assert normalise(once.text).text == once.text
    assert all(0 <= token.start < token.end <= len(text) and all(token.words) for token in once.tokens)


def test_the_lists_lead_to_standard_words() -> None:
    single, several = lexicon()
    assert len(single) > 600
    wrong = [words for words in {*single.values(), *several.values()} if normalise(" ".join(words)).words != words]
    assert wrong == [], "what a list gives is not changed by a list"


def test_time_grows_with_length() -> None:
    for unit in ("a", "a b ", "a-", "1.", "𝐆", "a.b-", "rp 1"):
        began = time.process_time()
        normalise(unit * (100_000 // len(unit)))
        assert time.process_time() - began < 5, unit
