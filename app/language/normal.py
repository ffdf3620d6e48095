"""Informal Indonesian made plain for classification: one spelling for each word, marks for what is not a word.

``normalise`` sees through disguised letters (``_folding``), spelled-out words ("g a c o r", "g.a.c.o.r"), digits for
letters ("m4xw1n"), lengthened words ("mantaaap"), 2 for a doubled word ("anak2"), and short forms; it maps Sundanese,
Javanese and Minang words of comments to Indonesian by the readable lists in ``words/``. What it gives is for a model
and for rules, never shown to people: each token knows where it stood in the comment.

Marks stand in angle brackets: <angka> a number, <uang> money, <nomor> nine digits or more, <ekor> digits at the tail of
a word (a brand's), <tautan> a link, <sebut> a mentioned handle, <surel> an e-mail address, and groups of emoji.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from app.language._folding import folded
from app.language._vowels import known, whole

WORDS = Path(__file__).with_name("words")
LISTS = ("informal", "sunda", "jawa", "minang", "betawi", "timur")


def words_of(listed: str) -> frozenset[str]:
    """A readable list of words as a set."""
    return frozenset(listed.split())


_EMOJI = {
    "<senang>": "😀😃😄😁😊☺🙂😇🥰😍🤩😘😎🤗❤💕💖💗💙💚💛🧡💜🤍♥👍👏🙌👌💪🔥✨🎉🥳🌹💐🌸🌟⭐💯✅🫶😋🏆🥇🫡",
    "<doa>": "🙏🤲",
    "<sedih>": "😢😭😞😔🥺😥😓💔😩😫😿😰😨",
    "<marah>": "😡😠🤬👎😤🖕👿",
    "<sinis>": "🙃🙄😒😏🤡🥱😑😐🤐🤦🤷🤭",
    "<tawa>": "🤣😂😅😆😹",
    "<tanya>": "🤔❓❔🧐⁉",
    "<taruhan>": "🎰🎲🎯💎🃏♠♣🀄🪙",
    "<harta>": "💰💸🤑💵💲💳🧧",
    "<tunjuk>": "👉👇👆☝➡⬇📲📩🔗👈",
    "<awas>": "⚠🚨🆘🚑🚒‼❗🔴",
}
_GROUP = {emoji: mark for mark, row in _EMOJI.items() for emoji in row}
MARKS = frozenset(
    {*_EMOJI, "<emoji>", "<angka>", "<uang>", "<nomor>", "<ekor>", "<tautan>", "<sebut>", "<surel>", "<tawa>"}
)
#: Said twice or ten times in a row: once.
_ONCE = frozenset({*_EMOJI, "<emoji>", "<tawa>", "?", "!"})
_LEET = str.maketrans("0134567895", "oieasgtbgs")
#: Words that really are written with a digit, and words that a number follows without a space.
_DIGIT_WORDS = frozenset({"p3k", "p3ke", "k3", "4g", "5g", "3t", "3r", "h1", "b3", "p2k2", "p2p", "tp4", "mp3"})
_NUMBERED = words_of(
    "rt rw no nomor blok covid tgl tanggal jam pkl pukul rp hp km sdn smpn sman th tahun umur usia gg gang dusun tahap "
    "hari kg kk nik kis pkh tps sd smp sma kelas dapil lantai jalur hut ke g f"
)
_TOKEN = re.compile(
    r"(?P<mark><[a-z]{3,8}>)"
    r"|(?P<surel>[a-z0-9][\w.+-]{0,60}@[a-z0-9-]{1,60}\.[a-z]{2,12})"
    r"|(?P<tautan>(?:https?://|www\.)\S{1,300}"
    r"|[a-z0-9][a-z0-9-]{1,40}\.(?:com|net|org|id|me|ly|gl|gg|xyz|vip|site|online|link|bio|info|club|top|fun|asia|"
    r"pro|cc)\b"
    r"(?:/\S{0,300})?)"
    r"|(?P<sebut>@[a-z0-9_][a-z0-9_.]{0,40})"
    r"|(?P<uang>rp\.? ?\d[\d.,]{0,20}(?: ?(?:rb|rebu|ribu|jt|juta|k|m))?\b"
    r"|\d[\d.,]{0,20} ?(?:rb|rebu|ribu|jt|jeti|juta|milyar|miliar)(?:an)?\b)"
    r"|(?P<angka>\d(?:[.,:/-]?\d| (?=\d{2})\d){0,30}(?![^\W\d_]))"
    r"|(?P<word>[^\W_]+(?:[*@$'’`|]{1,3}[^\W_]+)*)"
    r"|(?P<tanda>[?!])"
    r"|(?P<lain>[^\w\s])"
)
_LAUGH = re.compile(r"(?:w+k+){2,}w*|(?:[hx][aieo]+){2,}[hx]?|(?:ha|he|hi|wk){2,}\w{0,2}|awok(?:awok)+|lol|ngakak")
_DOUBLED = re.compile(r"([a-z]{3,})2(?:x|-)?(nya|ny|an|ku|mu|lah|kan|in|i)?")
#: A brand's digits kept apart: «7/7/7».
_SPREAD_TAIL = re.compile(r"([789])(?:[ /.\-]\1){2,3}")
_DRAWN_OUT = re.compile(r"(.)\1{2,}")
_ENDINGS = ("nya", "ny", "nye", "nyo", "na", "ne", "e", "lah", "kah", "pun", "mi", "ji")
#: Endings that say "nya" in short spelling, Betawi, Minang, Sundanese and Javanese.
_NYA = frozenset({"ny", "nye", "nyo", "na", "ne", "e"})


@dataclass(frozen=True)
class Token:
    """words: what it stands for, none of them empty. start, end: characters of the comment as it was written."""

    words: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True)
class Normal:
    """A comment made plain. disguised: letters that were not what they seemed. spelled: words written letter by letter.

    leet: words with digits or signs for letters.
    """

    tokens: tuple[Token, ...] = ()
    disguised: int = 0
    spelled: int = 0
    leet: int = 0
    words: tuple[str, ...] = field(default=())

    @property
    def text(self) -> str:
        """All words with a space between them. Normalising this again changes nothing."""
        return " ".join(self.words)


@cache
def lexicon() -> tuple[dict[str, tuple[str, ...]], dict[tuple[str, ...], tuple[str, ...]]]:
    """From the lists: one word → words, and words beside each other → words. The first list that names a word wins."""
    single: dict[str, tuple[str, ...]] = {}
    several: dict[tuple[str, ...], tuple[str, ...]] = {}
    for name in LISTS:
        for row in (WORDS / f"{name}.txt").read_text("utf-8").splitlines():
            standard, _, variants = row.partition(" = ")
            if not variants or row.startswith("#"):
                continue
            for variant in variants.split():
                parts = tuple(variant.split("+"))
                if len(parts) > 1:
                    several.setdefault(parts, tuple(standard.split()))
                else:
                    single.setdefault(_plain(variant), tuple(standard.split()))
    return single, several


def normalise(text: str) -> Normal:
    """Make a comment plain. Never raises for any string; time and memory grow with its length."""
    seen, origin, disguised = _see_through(text)
    joined, spelled = _join_spelled(list(_raw(seen)))
    leet, flat = 0, []
    for raw_word, start, end in joined:
        words, odd = _words(raw_word)
        leet += odd
        flat += [(word, start, end) for word in words]
    flat, again = _join_spelled(flat)  # a digit at its tail parted a letter from the others
    spelled += again
    placed = [Token(words, origin[start], origin[end - 1] + 1) for words, start, end in _mapped(flat)]
    return Normal(tuple(placed), disguised, spelled, leet, tuple(word for token in placed for word in token.words))


def _see_through(text: str) -> tuple[str, list[int], int]:
    """Folded text, the place in ``text`` of each of its characters, and how many letters were disguised."""
    out: list[str] = []
    origin: list[int] = []
    disguised = flags = 0
    for place, char in enumerate(text):
        if char.isascii():
            out.append(char.lower() if char.isprintable() else " ")
            origin.append(place)
            continue
        seen, hidden = folded(char)
        disguised += hidden
        flags += 0x1F1E6 <= ord(char) <= 0x1F1FF
        out.extend(seen)
        origin.extend([place] * len(seen))
    if flags == 2:  # one flag; more than that spells a word
        return _with_flag(text, out, origin), origin, disguised - 2
    return "".join(out), origin, disguised


def _with_flag(text: str, out: list[str], origin: list[int]) -> str:
    return "".join(
        " " if 0x1F1E6 <= ord(text[place]) <= 0x1F1FF else char for char, place in zip(out, origin, strict=True)
    )


def _raw(seen: str) -> Iterator[tuple[str, int, int]]:
    for found in _TOKEN.finditer(seen):
        kind, said = str(found.lastgroup), found.group()
        if kind == "word":
            yield _DRAWN_OUT.sub(r"\1", said), found.start(), found.end()
            continue
        if kind == "mark":
            said = said if said in MARKS else said[1:-1]
        elif kind == "lain":
            # Lines and blocks between letters only hide the word.
            drawn = 0x2500 <= ord(said) <= 0x259F
            said = "" if drawn else _GROUP.get(said) or ("<emoji>" if ord(said) > 0x2190 else "")
        elif kind == "angka" and _SPREAD_TAIL.fullmatch(said):
            said = "<ekor>"
        elif kind == "angka":
            said = "<nomor>" if sum(char.isdecimal() for char in said) >= 9 else "<angka>"
        elif kind != "tanda":
            said = f"<{kind}>"
        if said:
            yield said, found.start(), found.end()


def _join_spelled(raw: list[tuple[str, int, int]]) -> tuple[list[tuple[str, int, int]], int]:
    """Four or more single letters in a row are one word; and how many words were written like that."""
    out: list[tuple[str, int, int]] = []
    spelled, at = 0, 0
    while at < len(raw):
        stop = at
        while stop < len(raw) and len(raw[stop][0]) == 1 and raw[stop][0].isalnum():
            stop += 1
        if stop - at >= 4 and sum(raw[i][0].isalpha() for i in range(at, stop)) >= 3:
            word = "".join(raw[i][0] for i in range(at, stop))
            out.append((_plain(word) if word.isalpha() else word, raw[at][1], raw[stop - 1][2]))
            spelled += 1
            at = stop
        else:
            out += raw[at : stop + 1] if stop < len(raw) else raw[at:stop]
            at = max(stop + 1, at + 1)
    return out, spelled


def _words(raw: str) -> tuple[tuple[str, ...], bool]:
    """Plain words of one raw token, and whether digits or signs stood for letters in it."""
    if not raw[0].isalnum():
        return (raw,), False
    said = re.sub(r"['’`|]", "", raw)
    signed = any(sign in said for sign in "*@$")
    said = said.replace("*", "").replace("@", "a").replace("$", "s")
    if said.isalpha() or said in _DIGIT_WORDS or not re.search(r"[a-z]", said):
        return (_plain(said) if said.isalpha() else said if said in _DIGIT_WORDS else "<angka>",), signed
    if doubled := _DOUBLED.fullmatch(said):
        word = _plain(doubled.group(1))
        return (word, _plain(word + (doubled.group(2) or ""))), signed
    if re.fullmatch(r"[a-z]{3,}[234]d", said):  # a lottery's name: so many digits are guessed
        return (_plain(said[:-2]), "<ekor>"), signed
    body = re.sub(r"\d+$", "", said)
    tail = len(said) - len(body)
    if body.isalpha():
        number = "<ekor>" if tail > 1 and body not in _NUMBERED and len(body) > 2 else "<angka>"
        return (_plain(body), number), signed
    letters = sum(char.isalpha() for char in body)
    if (lead := re.match(r"\d+", body)) and (len(lead.group()) > 1 or letters < 3) and body[lead.end() :].isalpha():
        return ("<angka>", _plain(body[lead.end() :])), signed
    plain = "".join(char for char in body.translate(_LEET) if char.isalpha())
    return ((_plain(plain), "<ekor>") if tail > 1 else (_plain(plain),)), True


def _plain(word: str) -> str:
    """A word without lengthening: no letter three times, none twice at the end after a vowel or as a vowel."""
    word = _DRAWN_OUT.sub(r"\1", word)
    if _LAUGH.fullmatch(word):
        return "<tawa>"
    if len(word) > 2 and word[-1] == word[-2] and (word[-1] in "aiueo" or word[-3] in "aiueo"):
        word = word[:-1]
    return word


def _mapped(flat: list[tuple[str, int, int]]) -> Iterator[tuple[tuple[str, ...], int, int]]:
    """Standard words for short forms and for words of other languages; the same mark twice is said once."""
    single, several = lexicon()
    before, at = "", 0
    while at < len(flat):
        word, start, end = flat[at]
        phrase = several.get((word, flat[at + 1][0])) if at + 1 < len(flat) else None
        if phrase:
            end = flat[at + 1][2]
        at += 2 if phrase else 1
        words = phrase or _standard(word, single)
        if words[0] != before or words[0] not in _ONCE:
            yield words, start, end
        before = words[-1]


def _standard(word: str, single: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    if found := single.get(word):
        return found
    for ending in _ENDINGS:
        base = word.removesuffix(ending)
        if base != word and len(base) > 2 and (found := single.get(base)):
            return (*found[:-1], found[-1] + ("nya" if ending in _NYA else ending))
    if len(word) > 5 and word.endswith(("nye", "nyo")):
        return (word[:-1] + "a",)
    return (_whole(word),)


def _whole(word: str) -> str:
    """A word with the vowels that its writer left out, its ending kept."""
    if not known(word):
        for ending in ("nya", "ny"):
            base = word.removesuffix(ending)
            if base != word and (known(base) or whole(base)):
                return f"{whole(base) or base}nya"
    return whole(word) or word
