"""Street addresses: a street, hamlet or block with its name and a house number or RT/RW.

A bare village or «jalan raya desa rusak» is no address, nor is «RT 03 RW 05» alone: that names dozens of houses, and
whoever mends the lamp needs it. After «alamat», «tinggal di» or «rumah di» a village with its RT is one.
"""

from __future__ import annotations

import re

from app.language.personal_text import Reading, vocabulary

Span = tuple[str, int, int]

_STREET = r"jl|jln|jlan|jalan|gg|gng|gang|lorong|lrg|lr"
_HAMLET = r"kp|kmp|kamp|kampung|kampoeng|dusun|dsn|dukuh|dk|lingkungan|lingk|link|jorong|gampong|banjar|br|sukun"
_ESTATE = (
    r"perum|perumahan|perumnas|komplek|kompleks|komp|kompl|blok|blk|griya|apartemen|apartment|apt|rusun|rusunawa"
    r"|rusunami|cluster|residence"
    r"|villa|vila|puri|pondok|graha|asrama|kontrakan|kost|kos"
)
_HEAD = re.compile(
    rf"(?<![a-z0-9])(?:(?P<street>{_STREET})|(?P<hamlet>{_HAMLET})|(?P<estate>{_ESTATE}))(?![a-z0-9])\.?[ ]{{0,2}}"
)
_ASKED = re.compile(
    r"(?<![a-z])(?:alamat(?:nya|ku)?(?:[ ](?:saya|rumah|lengkap|kami|beliau|ktp|sesuai ktp|asli|tinggal)){0,2}"
    r"|(?:tinggal|domisili|berdomisili|bertempat tinggal|menetap|ngontrak)"
    r"(?:nya)?|rumah(?:nya)?(?:[ ](?:saya|kami|ibu|bapak|beliau|orang ?tua|warga))?|kirim(?:kan)?"
    r"|antar)[ ]{0,2}(?:[:=]|(?:ke|di|ada di|adalah)(?![a-z])|(?=rt|rw|no|blok|desa|ds|kel"
    r"|dusun))[ ]{0,2}[:=]?[ ]{0,2}"
)
_RTRW = (
    r"(?:rt[ ]?/[ ]?rw\.?[ :]{0,2}[0-9]{1,3}[ ]?[/\-][ ]?[0-9]{1,3}"
    r"|r\.?t\.?[ :.\-]{0,2}[0-9]{1,3}(?:[ ,/\-]{0,3}(?:r\.?w\.?[ :.\-]{0,2})?[0-9]{1,3})?"
    r"|r\.?w\.?[ :.\-]{0,2}[0-9]{1,3})(?![0-9])(?![.,][0-9])"
)
_HOUSE = (
    r"(?:(?:rumah )?(?:no|nomor|nomer|nmr)[ .:]{0,3}(?:rumah )?|#)[0-9]{1,4}(?:[ ]?[/\-]?[a-d](?![a-z])|/[0-9]{1,3})?"
    r"(?![0-9/])(?![ ]{0,2}(?:tahun|thn|th)(?![a-z]))"
)
_UNIT = (
    r"(?:blok|blk|kav(?:ling|eling)?|lt|lantai|tower|unit|kamar)[ .:]{0,2}"
    r"(?:[a-z]{1,2}(?![a-z])[ \-/.]?[0-9]{0,3}[a-z]?|[0-9]{1,3}[a-z]?)(?![a-z0-9])(?:[ ]?[/\-][ ]?[0-9]{1,3})?"
)
_DOOR = r"[a-z]{1,2}[ ]?[\-/]?[ ]?[0-9]{1,3}(?:[ ]?[/\-][ ]?(?:no\.?[ ]?)?[0-9]{1,3}[a-z]?)(?![0-9])"
_TAIL = re.compile(rf"(?<![a-z0-9])(?:(?P<rt>{_RTRW})|(?P<house>{_HOUSE})|(?P<unit>{_UNIT})|(?P<door>{_DOOR}))")
_BARE = re.compile(
    r"(?<![a-z0-9.,/])[0-9]{1,3}[a-d]?(?=[ ]{0,2}(?:[,.;)\n]|$|(?:rt|rw|kel|kec|desa|ds|kab"
    r"|kota)(?![a-z])))(?![.,][0-9])"
)
_BARE_CASED = re.compile(
    r"(?<![A-Za-z0-9.,/])[0-9]{1,3}[A-Da-d]?(?= (?!(?i:jam|hari|orang|tahun|bulan|minggu|arah|unit|rumah|warga"
    r"|meter|titik|kali|lubang|lampu|jan|feb|peb|mar|apr|mei|jun|jul|ag|aug|sep|okt|nov|nop|des))[A-Z][a-z]{3,})"
)
_MORE = re.compile(
    rf"[ ,.;/\-(]{{0,4}}(?:{_RTRW}|{_HOUSE}|{_UNIT}|(?:no\.?[ ]?)?[0-9]{{1,3}}[a-d]?(?=[ ]?(?:[,.)\n]|$|rt|rw)))"
)
#: Words that no name of a street or hamlet holds: they begin another thought.
_STOP = vocabulary(
    "di ke yang yg dari dr untuk utk dengan dgn sudah sdh udah udh belum blm tidak tdk gak ga nggak rusak"
    " berlubang lubang hancur parah gelap"
    " mati banjir becek macet licin longsor diperbaiki perbaiki perbaikan dibangun bangun diaspal aspal ada itu"
    " ini mohon tolong minta kapan kenapa"
    " kami kita saya sy aku warga lampu pju dan atau atas bagi pada oleh karena krn akan bisa harus juga jg lagi"
    " masih kok sih dong atuh mah teh"
    " sehat santai kaki juara terbaik menuju arah antara sampai hingga sekitar dekat sebelah depan belakang"
    " samping masuk keluar rame ramai"
    " dapat dpt jadi sejak tahun bulan hari mulai seluruh semua setiap tiap para lomba kegiatan jumlah total"
    " tersebut bantuan penerima"
    " semoga pak bu ibu bapak bang kerja gotong buat penting nya aja saja ketua pengurus lewat melalui warganya"
    " kasihan depannya selokan drainase air"
    " udara kotor bersih perlu butuh usul saran keluhan lapor laporan tembus penghubung desaku gotong-royong"
    " royong padahal tapi tetapi malah"
)  # fmt: skip
#: Words that name no street by themselves.
_GENERIC = vocabulary(
    "raya desa kampung kp utama besar kecil provinsi propinsi kabupaten kecamatan kelurahan lingkungan setapak"
    " tani usaha usahatani poros tol nasional"
    " negara gang jalan jl jln umum beton tanah sempit buntu lama baru barat timur utara selatan tengah dalam"
    " luar sawah warga dusun rt rw masjid mesjid"
    " mushola musholla sekolah pasar kantor balai sungai kali jembatan pertigaan perempatan lapangan makam"
    " kuburan poskamling posyandu protokol"
    " perumahan perum blok komplek kompleks kota kab kec kel ds adat kb siaga iklim tangguh sendiri tetangga"
    " kumuh nelayan sana sini saya no nomor"
)  # fmt: skip
#: The same after «kampung», «dusun»: Kampung Sawah and Dusun Barat are names.
_NO_HAMLET = vocabulary(
    "raya desa kampung kp warga rt rw kb siaga iklim tangguh sendiri tetangga sana sini saya adat kumuh nelayan"
    " kec kab kel ds dusun lingkungan"
    " no nomor jalan gang posyandu masjid mesjid mushola sekolah"
)
_WORD = re.compile(r"[a-z0-9][a-z0-9'\-.]*")
_REACH = 75
_MOST_WORDS = 6


def find(reading: Reading) -> list[Span]:
    """Addresses from the street, hamlet or block to the last house number or RT/RW."""
    low = reading.digits  # «RT O3» is RT 03
    found: list[Span] = []
    done = 0
    for head in _HEAD.finditer(low):
        if head.start() < done:
            continue
        end = _named(low, head, reading.cased)
        if end is not None:
            end = _on(low, end)
            found.append(("alamat", head.start(), end))
            done = end
    return found + [span for span in _asked(low) if not any(a < span[2] and span[1] < b for _, a, b in found)]


def _named(low: str, head: re.Match[str], cased: str) -> int | None:
    """Where the first house number or RT after a head and its name ends; None when this is no address."""
    start = head.end()
    window = low[start : start + _REACH]
    if head["estate"] in ("blok", "blk"):
        return _block(low, head)
    tail = _TAIL.search(window)
    bare = _bare(window, cased[start : start + _REACH]) if head["street"] else None
    if bare is not None and (tail is None or bare.start() < tail.start()) and _bare_holds(window, bare, head, cased):
        tail = bare
    if tail is None:
        return None
    name = window[: tail.start()]
    strong = head["street"] not in (None, "jalan", "gang", "lorong") and tail.re is _TAIL and tail["house"] is not None
    if not _is_name(name, strong=strong, common=_NO_HAMLET if head["hamlet"] else _GENERIC):
        return None
    if tail.re is _TAIL and tail["door"] is not None and not head["estate"]:
        return None
    return start + tail.end()


def _bare(low: str, cased: str) -> re.Match[str] | None:
    """A number that ends the street: before a sign, the end, RT, or a place with a capital («Jl. Mustofa 10 Depok»)."""
    found = [each for each in (_BARE.search(low), _BARE_CASED.search(cased)) if each]
    return min(found, key=lambda each: each.start(), default=None)


def _bare_holds(window: str, bare: re.Match[str], head: re.Match[str], cased: str) -> bool:
    """«Jl. Mawar 12,» is a house; «jalan melati 2» in small letters may be anything."""
    short = head["street"] != "jalan" and head["street"] != "gang"
    name = window[: bare.start()].strip(" .,")
    return (
        bool(name)
        and "," not in name
        and not name.endswith("km")
        and (short or cased[head.end() : head.end() + 1].isupper())
        and len(name.split()) <= 4
    )


def _is_name(name: str, *, strong: bool, common: frozenset[str] = _GENERIC) -> bool:
    if re.search(r"[!?;:]|\n.*\n|[a-z0-9]{4,}\.\s+[a-z]{3,}\s+[a-z]{3,}", name) or name.count(",") > 3:
        return False
    words = _WORD.findall(name.replace("dr.", ""))  # a doctor's street; «dr» alone is «dari»
    if not words or len(words) > _MOST_WORDS + 2:
        return False
    plain = [word.strip(".'-") for word in words]
    if any(word in _STOP for word in plain):
        return False
    if any(re.fullmatch(r"[0-9]{4,}", word) for word in plain):
        return False
    return strong or any(word not in common for word in plain)


def _block(low: str, head: re.Match[str]) -> int | None:
    """«Blok C2 No. 15», «Blok A/12», «Blok Masjid RT 02»; not «Blok M»."""
    code = re.compile(r"[a-z]{1,2}[ \-/]?[0-9]{0,3}[a-z]?(?![a-z0-9])|[0-9]{1,2}[a-z]?(?![a-z0-9])").match(
        low, head.end()
    )
    if code:
        more = _MORE.match(low, code.end())
        if more:
            return more.end()
        slashed = re.compile(r"[a-z]{1,2}[0-9]{0,3}[ ]?[/\-][ ]?[0-9]{1,3}(?![0-9])").match(low, head.end())
        return slashed.end() if slashed else None
    tail = _TAIL.search(low[head.end() : head.end() + 40])
    if tail is None or (tail["rt"] is None and tail["house"] is None):
        return None
    name = low[head.end() : head.end() + tail.start()]
    return head.end() + tail.end() if _is_name(name, strong=False) and len(name.split()) <= 3 else None


def _on(low: str, end: int) -> int:
    """Further house numbers, RT and RW right behind."""
    for _ in range(6):
        more = _MORE.match(low, end)
        if more is None or more.end() == end:
            return end
        end = more.end()
    return end


def _asked(low: str) -> list[Span]:
    """After «alamat» or «tinggal di»: a village with its RT, a house number with its RT, a block and a number."""
    found: list[Span] = []
    done = 0
    for asked in _ASKED.finditer(low):
        if asked.start() < done:
            continue
        window = low[asked.end() : asked.end() + _REACH]
        tail = _TAIL.search(window)
        if tail is None or tail["door"] is not None:
            continue
        name = window[: tail.start()]
        words = [word.strip(".'-") for word in _WORD.findall(name)]
        if len(words) > _MOST_WORDS or any(word in _STOP for word in words) or re.search(r"[!?;\n]", name):
            continue
        labelled = asked.group().startswith("alamat")
        end = _on(low, asked.end() + tail.end())
        proper = any(word not in _GENERIC for word in words)
        if labelled or proper:
            found.append(("alamat", asked.end(), end))
            done = end
    return found
