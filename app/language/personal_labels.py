"""What the words beside a number say it is: an identity number, a family card, a phone, an account, or none of"
" these."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: How far before a number its name is looked for, in characters.
REACH = 60

_BANKS = (
    r"bri(?:mo|link)?|bca|bni|bsi|btn|bjb|mandiri|danamon|cimb(?: ?niaga)?|permata|sea ?bank|jago|jenius|btpn|muamalat"
    r"|mega"
    r"|panin|ocbc(?: ?nisp)?|maybank|bukopin|sinarmas|blu|neo ?bank|allo|bpd|bpr|bank [a-z]{3,12}"
)
_WALLETS = r"dana|ovo|go-?pay|shopee ?pay|spay|link ?aja|i\.?saku|doku"
_COUNTED = r"(?:no(?:mor|mer)?|nmr|kode|id)[. :]{0,2}"
_LABEL = re.compile(
    r"(?<![a-z])(?:"
    r"(?P<nik>(?:nik|ktp|e-?ktp|nomor induk kependudukan|no(?:mor)?\.? ?identitas)(?:[- ]?(?:nya|ku|na|ne))?)"
    r"|(?P<kk>(?:kk|k\.k|kartu keluarga)(?:[- ]?(?:nya|ku|na|ne))?)"
    r"|(?P<phone>(?:wa|w\.a|whats? ?app?|watsap+|wasap|hp|no ?hp|nope|handphone|h\.p|te?lp|telp?on|telepon|tlp"
    r"|tlpn|tilpun|telephone"
    r"|phone|ponsel|hub|hubungi|hubungan|call|kontak|contact|cp|fax|faks|sms|chat|japri|calling|nelpon|nelepon|cs"
    r"|hotline"
    r")(?:nya|ku|na|ne)?)"
    rf"|(?P<wallet>{_WALLETS})"
    r"|(?P<account>no(?:mor|mer)?[. ]{0,2}rek(?:ening|\b)|norek|nomor rekening|rek(?:ening)?|acc(?:ount)?"
    r"|akun bank)(?:nya|ku)?"
    rf"|(?P<bank>{_BANKS})"
    rf"|(?P<other>(?:{_COUNTED}|#)(?:order|pesanan|pemesanan|tiket|ticket|laporan|aduan|pengaduan|registrasi|reg"
    rf"|pendaftaran"
    r"|surat|sk|transaksi|trx|antri?an|antrean|seri|kartu(?! keluarga)|peserta|bukti|berkas|arsip|polis"
    r"|sertifikat|booking|pengiriman)"
    r"|resi|invoice|inv|imei|npwp|nip|nuptk|nisn|npsn|isbn|issn|idpel|id ?pelanggan|(?:no(?:mor)?\.? ?)?pelanggan"
    r"|bpjs|jkn|kis|kks"
    r"|ref|referensi|token|voucher|virtual account|va|meteran|no(?:mor)?\.? meter|barcode|kode ?bayar|kode|id|trx"
    r"|nib|nop)"
    r")(?![a-z])"
)
#: Words that may stand between a name of a number and the number itself.
_FILL = re.compile(
    r"[\s:=.,()+/\-'\"]*(?:(?:no|nomor|nomer|nmr|ke|di|saya|nya|aku|sy|ini|itu|adalah|yaitu|yg|yang|aktif|aktip"
    r"|pribadi|rekening"
    r"|rek|norek|bank|via|bisa|tf|transfer|untuk|utk|ya|kak|pak|bu|admin|bpk|ibu|dgn|dengan|sama|unit|syariah|pln|pdam|kcp"
    r"|kas)"
    r"(?![a-z])[\s:=.,()+/\-'\"]*){0,6}"
    r"(?:(?:a[./]?n\.?|atas nama)[\s:.]+(?:[a-z.']{1,15}[\s:=.,()/\-]+){1,4})?"
)
_STOPS = re.compile(r"[!?;\n]|[a-z]{4,}\.\s+(?=[a-z]{3,}\s+[a-z]{3,})")
_AFTER = re.compile(
    rf"[\s,/\-]{{0,3}}(?P<open>\(?)\s?(?:(?:di|bank|rek\.?|rekening|via|norek|itu)\s+)?"
    rf"(?:(?P<wallet>{_WALLETS})|(?P<bank>{_BANKS})|(?P<named>a[./]n\.?|an\.|atas nama)"
    r"|(?P<kk>(?:no(?:mor)?\.? ?)?(?:kk|kartu keluarga))|(?P<nik>(?:no(?:mor)?\.? ?)?(?:nik|ktp)))(?![a-z])"
)
#: «NIK dan KK: … dan …»: the first number is the first of the two.
_BOTH = re.compile(
    r"(?<![a-z])(?P<first>nik|ktp|kk)[\s/&+,]{1,3}(?:(?:dan|dn|serta|no|nomor)[\s.]{1,2}){0,2}(?P<second>nik|ktp"
    r"|kk)(?![a-z])"
)


@dataclass(frozen=True, slots=True)
class Label:
    """kind: nik kk phone wallet account bank other; near: only filling words stand between; word: as written,"
    " small."""

    kind: str
    near: bool
    word: str


NONE = Label("", False, "")


def before(layer: str, start: int) -> Label:
    """The last name of a number before `start`, at most `REACH` characters away and in the same sentence."""
    window = layer[max(0, start - REACH) : start]
    found = list(_LABEL.finditer(window))
    if not found:
        return NONE
    last = found[-1]
    kind, gap = last.lastgroup or "", window[last.end() :]
    if kind == "phone" and len(found) > 1 and found[-2].lastgroup == "wallet":
        # «DANA no HP 0812…» is an account that has the form of a phone number.
        between = window[found[-2].end() : last.start()]
        if _FILL.fullmatch(between) and _FILL.fullmatch(gap):
            return Label("wallet", True, found[-2].group())
    if _STOPS.search(gap) or re.search(r"\d{5}", gap):
        return NONE
    if kind in ("nik", "kk"):
        kind = _of_both(window, last.end(), kind)
    return Label(kind, _FILL.fullmatch(gap) is not None, last.group())


def _of_both(window: str, end: int, kind: str) -> str:
    """Which of two joined names the number right after them has."""
    for both in _BOTH.finditer(window):
        if both.end("second") <= end <= both.end("second") + 4:
            return "kk" if both["first"] == "kk" else "nik"
    return kind


def second_of_both(layer: str, start: int) -> str:
    """The kind of a 16-digit number that follows another one which followed «NIK dan KK»; '' if it is not so."""
    window = layer[max(0, start - REACH) : start]
    for both in _BOTH.finditer(window):
        if len(re.findall(r"\d", window[both.end() :])) == 16 and not _LABEL.search(window[both.end() :]):
            return "kk" if both["second"] == "kk" else "nik"
    return ""


_NUMBER_OF_BOTH = rf"[\s:(=\-]{{1,3}}(?:itu[ ])?{_BOTH.pattern}"
_FIRST_OF_BOTH = re.compile(rf"[\s/&+,]{{1,3}}(?:(?:dan|dn)\s)?[0-9]{{16}}{_NUMBER_OF_BOTH}")
_SECOND_OF_BOTH = re.compile(_NUMBER_OF_BOTH)
_ANOTHER = re.compile(r"(?<![0-9])[0-9]{16}[\s/&+,]{1,3}(?:(?:dan|dn)\s)?$")


def named_behind(layer: str, start: int, end: int) -> str:
    """The kind of a 16-digit number in «… / … nik/kk saya»; '' if it is not so."""
    first = _FIRST_OF_BOTH.match(layer, end, end + 60)
    if first:
        return "kk" if first["first"] == "kk" else "nik"
    second = _SECOND_OF_BOTH.match(layer, end, end + 40)
    if second and _ANOTHER.search(layer[max(0, start - 30) : start]):
        return "kk" if second["second"] == "kk" else "nik"
    return ""


def after(low: str, cased: str, end: int) -> Label:
    """What is said right after a number: «… (BCA)», «… a.n. Siti», «… (no KK)»."""
    found = _AFTER.match(low, end, end + 40)
    if found is None:
        return NONE
    kind = found.lastgroup or ""
    word = found[kind]
    if kind == "wallet":  # «0812… dana desa belum cair» is no account
        loud = cased[found.start(kind) : found.end(kind)].isupper() and not cased[end : end + 60].isupper()
        if word == "dana" and not found["open"] and not loud:
            return NONE
    return Label(kind, True, word)


def speaks_of_accounts(low: str) -> bool:
    """Whether any word of the text has to do with accounts: without one no number is looked at for this."""
    return _ACCOUNTS.search(low) is not None


_ACCOUNTS = re.compile(
    rf"(?<![a-z])(?:{_BANKS}|{_WALLETS}|norek|rek|rekening|a[./]n|an|atas nama|transfer|tf)(?![a-z])"
)
