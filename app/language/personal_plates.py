"""Number plates: an area's letters, one to four digits, up to three letters."""

from __future__ import annotations

import re

from app.language.personal_text import Reading, vocabulary

Span = tuple[str, int, int]

#: Area letters of the police (Perpol 7/2021 and the codes of the Papuan provinces since 2022).
AREAS = vocabulary(
    "A AA AB AD AE AG B BA BB BD BE BG BH BK BL BM BN BP D DA DB DC DD DE DG DH DK DL DM DN DP DR DS DT DW E EA"
    " EB ED F G H"
    " K KB KH KT KU L M N P PA PB PG PS PT PY R S T W Z"
)
_PLATE = re.compile(
    r"(?<![A-Za-z0-9&/.,'\-])(?P<area>[A-Za-z]{1,2})(?P<one>[ .\-]{0,2})(?P<number>[1-9][0-9]{0,3})"
    r"(?:(?P<two>[ .\-]{0,2})(?P<tail>[A-Za-z]{1,3}))?(?![A-Za-z0-9])(?! [0-9]{3})"
)
_VEHICLE = re.compile(
    r"(?<![a-z])(?:plat|pelat|flat nomor|nopol|no\.? ?pol|nomor polisi|no\.? ?polisi|tnkb|motor|mobil|truk|truck"
    r"|angkot|bus|bis"
    r"|pick ?up|pikap|avanza|xenia|innova|beat|vario|scoopy|mio|nmax|pcx|supra|vixion|kijang|carry|ambulan[s]?"
    r"|kendaraan|sepeda motor"
    r"|ojek|taksi|dump ?truck|tronton|odong|matic|ninja|brio|agya|ayla|sigra|jazz|kendaraannya|motornya|mobilnya"
    r"|platnya|nopolnya)(?![a-z])"
)
#: What follows a number in ordinary writing.
_NO_TAIL = vocabulary(
    "kg gr cm mm km ml m ha rb jt th thn hr rt rw kk wib wit org or dan di ke yg dr utk dgn ada ini itu aja dll"
    " hp ton rp kwh kw"
    " va wa no tk sd smp sma smk pkh blt pkk ibu pak bu tbc hal jam bln org x s/d sdh jg lg ga gk tdk bgt kak min"
    " pcs buah lbr ltr l"
    " gb mb iu watt ekor bh paket unit roda pns asn bpk pa ok aku sy ane kami kita mau dah udh blm pas kok sih"
    " tuh"
)
_NAMES = re.compile(r"(?:l[ \-]?300|t[ \-]?120[ ]?s?s?|f[ \-]?16|b[ \-]?29)$", re.IGNORECASE)


def find(reading: Reading) -> list[Span]:
    """Plates. Without a word of vehicles beside it a plate must be whole and, in small letters, unmistakable."""
    found: list[Span] = []
    for each in _PLATE.finditer(reading.cased):
        if each["area"].upper() not in AREAS:
            continue
        named = _named(reading.low, each.start(), each.end())
        if not (_with_word(each) if named else _alone(each, reading.low)):
            continue
        end = each.end()
        if each["tail"] and each["tail"].lower() in _NO_TAIL and not each["tail"].isupper():
            end = each.end("number")  # «plat F 1234 di jalan»
        found.append(("plat", each.start(), end))
    return found


def _named(low: str, start: int, end: int) -> bool:
    if _VEHICLE.match(low, end + 1, end + 20):
        return True
    window = low[max(0, start - 32) : start]
    words = list(_VEHICLE.finditer(window))
    return bool(words) and not re.search(r"[!?;\n]|\d{3}", window[words[-1].end() :])


def _with_word(plate: re.Match[str]) -> bool:
    if _NAMES.match(plate.group()) and len(plate["number"]) == 3:
        return False
    tail, number = plate["tail"] or "", plate["number"]
    cut = tail.lower() in _NO_TAIL and not tail.isupper()
    if not tail or cut:  # only the number: it must look like one, in capitals
        return plate["area"].isupper() and len(number) >= 3 and not _year(number)
    return len(number) >= 3 or (plate["area"].isupper() and (tail.isupper() or tail.lower() not in _NO_TAIL))


def _alone(plate: re.Match[str], low: str) -> bool:
    tail, number = plate["tail"] or "", plate["number"]
    if not tail or len(number) < 3 or _NAMES.match(plate["area"] + plate["one"] + number):
        return False
    if re.search(
        r"(?:vitamin|lampu|blok|gedung|ruang|kelas|lantai|tahun|uu|pasal|golongan|rt|rw|no"
        r"|(?<![a-z])(?:pt|cv|ud|tbk|tipe|type|seri|model|paket|proyek))[ .]{0,2}$",
        low[max(0, plate.start() - 10) : plate.start()],
    ):
        return False
    if tail.lower() in _NO_TAIL and not (
        tail.isupper() and plate["area"].isupper() and len(number) == 4 and len(tail) > 1 and not _year(number)
    ):
        return False
    if plate["area"].isupper() and tail.isupper():
        return len(tail) > 1 or (len(number) == 4 and not _year(number))
    if plate["area"].isupper():
        return len(tail) > 1 and not _year(number)
    tight = not plate["one"] and not plate["two"]
    return len(tail) > 1 and not _year(number) and (tight or len(number) == 4)


def _year(number: str) -> bool:
    return len(number) == 4 and number[:2] in ("19", "20")
