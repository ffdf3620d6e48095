"""Dates of birth: a date beside «lahir», «ttl», «kelahiran». A year alone is no date."""

from __future__ import annotations

import re

from app.language.personal_text import Reading

Span = tuple[str, int, int]

_MONTH = (
    r"(?:jan(?:uari|uary)?|feb(?:ruari|ruary)?|peb(?:ruari)?|mar(?:et|ch)?|mrt|apr(?:il)?|mei|may|juni?|june"
    r"|juli?|july"
    r"|ag(?:ustus|ust|us|st|s|t)|aug(?:ust)?|sep(?:t|tember)?|okt(?:ober)?|oct(?:ober)?|nop(?:ember)?|nov(?:ember)?"
    r"|des(?:ember)?|dec(?:ember)?)"
)
_YEAR = r"(?:19[0-9]{2}|20[0-9]{2}|'?[0-9]{2})"
_DATE = (
    rf"(?:(?:0?[1-9]|[12][0-9]|3[01])(?P<s>[ ]?[\-/.,][ ]?|[ ])(?:0?[1-9]|1[0-2])(?P=s){_YEAR}"
    rf"|(?:0?[1-9]|[12][0-9]|3[01])[ .\-/]{{0,3}}{_MONTH}\.?[ .,\-/]{{0,3}}{_YEAR}"
    rf"|(?:0?[1-9]|[12][0-9]|3[01])[ ,]{{1,2}}bulan[ ](?:0?[1-9]|1[0-2]|{_MONTH})[ ,]{{1,2}}tahun[ ]{_YEAR}"
    rf"|{_MONTH}[ ](?:0?[1-9]|[12][0-9]|3[01]),?[ ]{_YEAR}"
    r"|(?:19|20)[0-9]{2}[\-/.](?:0?[1-9]|1[0-2])[\-/.](?:0?[1-9]|[12][0-9]|3[01])"
    r"|(?:0[1-9]|[12][0-9]|3[01])(?:0[1-9]|1[0-2])(?:19|20)?[0-9]{2})(?![0-9])"
)
_ANY_DATE = re.compile(rf"(?<![0-9])(?<![0-9][.\-/]){_DATE}")
_DAY_MONTH = re.compile(rf"(?<![0-9.\-/])(?:0?[1-9]|[12][0-9]|3[01])[ .\-/]{{0,3}}{_MONTH}(?![a-z])")
_STRONG = (
    r"t\.?t\.?l\b\.?|(?:tempat|tpt|tmpt)\.?[ ]?(?:[,/&]|dan|tgl|tanggal)?[ ,/&]{0,3}(?:dan[ ])?(?:tgl|tanggal"
    r"|tggl)?\.?[ ]?lahir"
    r"|(?:tgl|tanggal|tggl|tg)\.?[ /]?(?:lahir|lhr|kelahiran|lair)|tgl\.?[ ]?lhr|date of birth|birth ?date"
    r"|d\.?o\.?b\b"
)
_LABEL = re.compile(
    rf"(?<![a-z])(?:(?P<strong>{_STRONG})|(?P<weak>lahir|kelahiran|lair|lhr|born|brojol|dilahirkan|babar))(?:nya"
    rf"|ku|na|ne)?(?![a-z])"
)
#: Words between the label and the date after which the date is of something else.
_ELSE = re.compile(
    r"(?<![a-z])(?:terbit|diurus|urus|mengurus|sejak|jadwal|rapat|pukul|jam|dibuat|buat|daftar|posyandu|imunisasi"
    r"|diambil|cetak|dicetak|belum"
    r"|blm|sudah|sdh|udah|sampai|tetapi|tapi|mohon|kapan|keluar|ajukan|diajukan|mengajukan|hilang|rusak|kegiatan"
    r"|acara|selesai|jadi|pengajuan|dilayani|pelayanan|gratis|bisa|undangan|surat|dinas|disdukcapil"
    r"|harlah|vaksin|sapi|kambing|program|kebijakan|organisasi|komunitas|lembaga|batin|bathin|dirayakan|diadakan|peringatan|diperingati|prematur|meninggal|wafat|menikah"
    r"|kontrol|update|per)(?![a-z])"
)
#: Words before the label that make it the birth of no person.
_NOBODY = re.compile(
    r"(?:akt[ae]|surat|surat ket(?:erangan)?|angka|hari|harlah|baru|jumlah|tingkat|bayi baru|data|undang-undang"
    r"|uu|peringatan|kartu|hut|tas|kaos)[ ]$"
    r"|(?<![a-z])(?:karang taruna|ipsm|psm|tagana|tksk|pkk|organisasi|lembaga|kabupaten|kecamatan|desa|kota"
    r"|provinsi|program|peraturan|permensos|komunitas"
    r"|republik|indonesia|pancasila|yayasan|posyandu|forum|gerakan|sekolah|nabi|partai|perda|perdes|perpres"
    r"|undang-undang|kemerdekaan|koperasi|paguyuban|nkri|ri|hut|bumdes|kebijakan|nu|muhammadiyah)"
    r"(?![a-z])[^.!?\n]{0,25}$"
)
_NOBODY_AFTER = re.compile(
    r"[ ](?:ke|yang ke|nya)?[ ]?-?(?:pancasila|uu|undang|perda|perdes|organisasi|desa|kabupaten|kota|ri\b|ke-"
    r"|ipsm|nabi|psm|nkri|koperasi|karang taruna|kartini"
    r"|(?:dari|berkat|atas|karena)[ ](?:sebuah[ ])?(?:niat|semangat|ide|gagasan|keprihatinan|kebersamaan|inisiatif"
    r"|kesepakatan|tekad|usul|usulan|mimpi|cita|kepedulian|musyawarah|dorongan|keinginan)"
    r")"
)
_BEHIND = re.compile(rf"[ ]{{0,2}}[(\[,/\-]?[ ]{{0,2}}(?:{_STRONG}|lahir\)|kelahiran\))")
_REACH = 55
_PARTS = re.compile(
    rf"(?<![0-9])([0-9]{{1,2}})[ .\-/]{{1,3}}(?:([0-9]{{1,2}})|({_MONTH}))[ .\-/]{{1,3}}"
    r"([0-9]{2}|[0-9]{4})(?![0-9])"
)
#: First letters of the months in their order; May is also written «may», August «aug».
_MONTHS = (
    "jan",
    "feb|peb",
    "mar|mrt",
    "apr",
    "mei|may",
    "jun",
    "jul",
    "ag|aug",
    "sep",
    "okt|oct",
    "nop|nov",
    "des|dec",
)
#: How far from an identity number the same date is looked for.
_NEAR_IDENTITY = 80


def find(reading: Reading) -> list[Span]:
    """Dates (the date only, not the place) that are somebody's birth."""
    low = reading.low
    found: list[Span] = []
    done = 0
    for label in _LABEL.finditer(low):
        if label.start() < done:
            continue
        spot = _dated(low, label)
        if spot:
            found.append(("tanggal_lahir", *spot))
            done = spot[1]
    if found or "lahir" in low or "ttl" in low:
        for each in _ANY_DATE.finditer(reading.digits):
            if _BEHIND.match(low, each.end(), each.end() + 60):
                found.append(("tanggal_lahir", each.start(), each.end()))
    return found


def told_by_identity(reading: Reading, numbers: list[Span]) -> list[Span]:
    """Dates beside a NIK that are the very birth date in it (a woman's day plus 40): «3201…, 20/01/1988»."""
    found: list[Span] = []
    for kind, start, end in numbers:
        figures = "".join(sign for sign in reading.digits[start:end] if sign.isdecimal())
        if kind != "nik" or len(figures) != 16:
            continue
        born = (int(figures[6:8]) % 40, int(figures[8:10]), figures[10:12])
        for low, high in ((max(0, start - _NEAR_IDENTITY), start), (end, end + _NEAR_IDENTITY)):
            for each in _PARTS.finditer(reading.digits, low, min(high, len(reading.digits))):
                if (int(each[1]), _month(each), each[4][-2:]) == born:
                    found.append(("tanggal_lahir", each.start(), each.end()))
    return found


def _month(date: re.Match[str]) -> int:
    if date[2]:
        return int(date[2])
    return next(number for number, first in enumerate(_MONTHS, 1) if date[3].startswith(tuple(first.split("|"))))


def _dated(low: str, label: re.Match[str]) -> tuple[int, int] | None:
    strong = label["strong"] is not None
    if not strong and _NOBODY.search(low[max(0, label.start() - 40) : label.start()]):
        return None
    if not strong and _NOBODY_AFTER.match(low, label.end()):
        return None
    window = low[label.end() : label.end() + _REACH + 25]
    date = _ANY_DATE.search(window) or (_DAY_MONTH.search(window) if strong else None)
    if date is None or date.start() > _REACH:
        return None
    gap = window[: date.start()]
    if re.search(r"[!?;]|\.\s+[a-z]{4,}\s+[a-z]{4,}|\n.*\n", gap) or _ELSE.search(gap) or re.search(r"\d{5}", gap):
        return None
    if not strong and len(gap.split()) > 6:
        return None
    if date.group().isdigit() and not strong:  # «lahir 200885»: only a label of forms is believed
        return None
    return label.end() + date.start(), label.end() + date.end()
