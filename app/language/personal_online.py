"""E-mail addresses and exact places: coordinates, links of maps, plus codes."""

from __future__ import annotations

import re

from app.language.personal_text import Reading

Span = tuple[str, int, int]

# --- e-mail ----------------------------------------------------------------------------------------------------------
_PROVIDERS = r"gmail|gmai|gmial|yahoo|ymail|rocketmail|hotmail|outlook|icloud|live|proton(?:mail)?"
_ENDINGS = (
    r"com|net|org|info|biz|con|edu|gov|mil|online|site|store|xyz|name|pro|mobi|asia|email|cloud|tech|shop|example"
    r"|test"
    r"|[a-z]{2}"
)
_PLAIN = re.compile(
    rf"(?<![a-z0-9._%+\-])[a-z0-9][a-z0-9._%+\-]{{0,63}} ?@ ?(?:[a-z0-9\-]{{1,63}} ?\. ?){{1,6}}"
    rf"(?:{_ENDINGS})(?![a-z0-9\-]|\.[a-z0-9])"
)
_SPACED = re.compile(r" ?([@.]) ?")
_SHORT = re.compile(rf"(?<![a-z0-9._%+\-])[a-z0-9][a-z0-9._%+\-]{{0,63}}@(?:{_PROVIDERS})(?![a-z0-9.\-]|\.[a-z])")
_AT = r"(?:[ ]?[(\[{<][ ]?(?:at|et|a|@)[ ]?[)\]}>][ ]?|[ ](?:at|et|@)[ ])"
_DOT = r"(?:[ ]?[(\[{<][ ]?(?:dot|titik|\.)[ ]?[)\]}>][ ]?|[ ](?:dot|titik)[ ]|\.)"
_SPELLED = re.compile(
    rf"(?<![a-z0-9._%+\-])[a-z0-9][a-z0-9._%+\-]{{0,63}}(?:{_DOT}[a-z0-9]{{1,30}}){{0,2}}{_AT}"
    rf"(?:[a-z0-9\-]{{1,40}}{_DOT}){{1,4}}(?:{_ENDINGS})(?![a-z0-9])"
)
_SPELLED_BY = re.compile(r"(?:^|[^a-z])(?:at|et|dot|titik)(?:[^a-z]|$)|[(\[{<]")


def emails(reading: Reading) -> list[Span]:
    """Addresses, also spelled «nama (at) gmail dot com»."""
    low = reading.low
    found: list[Span] = []
    if "@" in low:
        for each in _PLAIN.finditer(low):
            if " " not in each.group() or _meant(each.group()):
                found.append(("email", each.start(), each.end()))
        found += [("email", each.start(), each.end()) for each in _SHORT.finditer(low)]
    if "at" in low or "et" in low or "@" in low:
        found += [("email", each.start(), each.end()) for each in _SPELLED.finditer(low) if _said(each.group())]
    return found


def _meant(written: str) -> bool:
    """With spaces around its signs only a known provider is believed: «rapat @ balai . id» is none."""
    return re.search(rf"@ ?(?:{_PROVIDERS}) ?\.", written) is not None


def _said(written: str) -> bool:
    """«siti at gmail dot com», but not «rapat at balai.go.id»: a bracket, a spelled dot, or a known provider."""
    bracketed = re.search(r"[(\[{<][ ]?(?:at|et|a|@)[ ]?[)\]}>]", written) is not None
    known = re.search(rf"(?:{_PROVIDERS})(?:[^a-z0-9]|$)", written) is not None
    return bracketed or (known and _SPELLED_BY.search(written) is not None)


# --- places ----------------------------------------------------------------------------------------------------------
_LINKS = re.compile(
    r"(?:https?://)?(?:"
    r"(?:maps\.app\.goo\.gl|goo\.gl/maps|g\.page|share\.google/maps)/[^\s<>\"]{2,300}"
    r"|(?:www\.)?google\.(?:com|co\.id|co)(?:\.[a-z]{2})?/maps[/?@][^\s<>\"]{2,500}"
    r"|maps\.google\.(?:com|co\.id)(?:/|\?)[^\s<>\"]{2,500}|maps\.apple\.com/?\??[^\s<>\"]{2,500}"
    r"|(?:www\.|ul\.)?waze\.com/(?:ul|live-map|[a-z]{2}/live-map)[^\s<>\"]{1,300}"
    r"|(?:www\.)?openstreetmap\.org/[^\s<>\"]{2,300}|osm\.org/go/[^\s<>\"]{2,100}|(?:share"
    r"|wego)\.here\.com/[^\s<>\"]{2,300}"
    r"|(?:www\.)?bing\.com/maps[^\s<>\"]{2,300}|w3w\.co/[^\s<>\"]{5,100}|what3words\.com/[^\s<>\"]{5,100}"
    r"|geo:-?[0-9]{1,2}\.[0-9]+,-?[0-9]{1,3}\.[0-9]+[^\s<>\"]{0,100})"
    r"|(?<![:/\w])///[a-z]{2,20}\.[a-z]{2,20}\.[a-z]{2,20}(?![a-z.])"
)
_NUMBER = r"[+\-]?[0-9]{1,3}[.,][0-9]{2,15}"
_SIDE = r"[ ]?°?[ ]?(?:l\.?[su]|b\.?t|[nsew])?(?![a-z])"
_NAMED = r"(?:lat(?:itude)?|lintang|lng|lon(?:g|gitude)?|bujur|x|y)?[ ]{0,2}[:=]?[ ]{0,2}"
_PAIR = re.compile(
    rf"(?<![0-9.,\w\-])(?:[ns][ ]?)?(?P<first>{_NUMBER}){_SIDE}[ ]{{0,2}}(?:[,;/|&]|dan|\n"
    rf"|\t)?[ ]{{0,2}}{_NAMED}(?P<second>{_NUMBER}){_SIDE}(?![0-9]|[.,][0-9])"
)
_PLACE_WORD = re.compile(
    r"koordinat|kordinat|lokasi|titik|gps|lat|lintang|long|lng|bujur|maps?|share ?lo[ck]|sherlok|serlok|pin"
)
_DEGREES = re.compile(
    r"(?<![0-9])[0-9]{1,2}[ ]?[°º][ ]?[0-9]{1,2}[ ]?'[ ]?[0-9]{1,2}(?:[.,][0-9]{1,6})?[ ]?(?:\"|'')?[ ]?(?:s|n|ls"
    r"|lu|l\.s|l\.u)?"
    r"[ ,;/dan]{1,5}[0-9]{1,3}[ ]?[°º][ ]?[0-9]{1,2}[ ]?'[ ]?[0-9]{1,2}(?:[.,][0-9]{1,6})?[ ]?(?:\""
    r"|'')?(?:[ ]?(?:e|bt|b\.t|t)(?![a-z]))?"
)
#: «6 34 12 LS 106 38 45 BT», «6 derajat 34 menit LS, 106 derajat 38 menit BT»: the sides tell.
_ARC = (
    r"[ ]?(?:°|º|derajat)?[ ]{1,2}(?:[0-5]?[0-9])[ ]?(?:'|menit)?"
    r"(?:[ ]{1,2}[0-5]?[0-9](?:[.,][0-9]{1,6})?[ ]?(?:\"|''|detik)?)?[ ]?"
)
_SPACED_DEGREES = re.compile(
    rf"(?<![0-9.,])(?:[0-9]|1[01]){_ARC}(?:ls|lu|l\.s\.?|l\.u\.?|s|n)(?![a-z])[ ,;/]{{0,3}}(?:dan[ ])?"
    rf"(?:9[4-9]|1[0-4][0-9]){_ARC}(?:bt|b\.t\.?|e)(?![a-z])"
)
_CODE = re.compile(
    r"(?<![A-Za-z0-9+])(?:[23456789CFGHJMPQRVWX]{8}"
    r"|[23456789CFGHJMPQRVWX]{4})\+[23456789CFGHJMPQRVWX]{2,3}(?![A-Za-z0-9+])"
)
_CODE_LOW = re.compile(_CODE.pattern, re.IGNORECASE)


def places(reading: Reading) -> list[Span]:
    """Coordinates, links of maps, plus codes. The words «share lokasi» alone show no place."""
    low = reading.low
    found: list[Span] = []
    if "/" in low or "geo:" in low:
        for each in _LINKS.finditer(low):
            found.append(("lokasi", each.start(), each.start() + len(each.group().rstrip(".,;:!?)]}'\""))))
    if "+" in low:
        codes = _CODE_LOW if "plus code" in low or "pluscode" in low or "kode plus" in low else _CODE
        for each in codes.finditer(reading.cased):
            if any(sign.isalpha() for sign in each.group()):
                found.append(("lokasi", each.start(), each.end()))
    if "°" in low or "º" in low:
        found += [("lokasi", each.start(), each.end()) for each in _DEGREES.finditer(low)]
    found += [("lokasi", each.start(), each.end()) for each in _SPACED_DEGREES.finditer(low)]
    for each in _PAIR.finditer(low):
        if _on_earth(each, low):
            end = each.start() + len(each.group().rstrip())
            found.append(("lokasi", each.start(), end))
    return found


def _on_earth(pair: re.Match[str], low: str) -> bool:
    """Inside Indonesia (6° to −11°, 94° to 142°, either first), exact enough to be meant as a place."""
    written = (pair["first"], pair["second"])
    values = [float(number.replace(",", ".")) for number in written]
    if abs(values[0]) > abs(values[1]):
        values.reverse()
    if not (-11.6 <= values[0] <= 6.6 or 0 < values[0] <= 11.6) or not 94 <= values[1] <= 142:
        return False
    named = _PLACE_WORD.search(low, max(0, pair.start() - 40), pair.start()) is not None
    sided = re.search(r"(?<![a-z])(?:l\.?[su]|b\.?t|[nsew])(?![a-z])|°", pair.group()) is not None
    if not named and not sided and (min(values) > 6.6 or "dan" in pair.group()):
        return False
    exact = min(len(re.split("[.,]", number)[1]) for number in written)
    return exact >= 4 or (exact == 3 and (named or written[0][0] == "-")) or (named and exact >= 2)
