"""Personal data found in a text (app/language/findings.py), in Indonesian."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

#: Type of a finding → what people call it.
NAMES = {
    "nik": "NIK",
    "kk": "nomor KK",
    "telepon": "nomor telepon",
    "rekening": "nomor rekening",
    "alamat": "alamat rumah",
    "lokasi": "titik lokasi",
    "plat": "nomor plat kendaraan",
    "email": "alamat surel",
    "tanggal_lahir": "tanggal lahir",
    "nama": "nama orang",
}
NOTHING = "Tidak ada data pribadi di tulisan ini."


def listed(types: Iterable[str]) -> str:
    """«NIK, nomor telepon, dan alamat rumah», each once, in the order of the text."""
    names = list(dict.fromkeys(NAMES[each] for each in types))
    if len(names) < 3:
        return " dan ".join(names)
    return f"{', '.join(names[:-1])}, dan {names[-1]}"


def warning(types: Iterable[str]) -> str:
    """What somebody who writes this is asked; empty where nothing was found."""
    what = listed(types)
    return f"Ada {what} di tulisan ini. Hapus dulu?" if what else ""


def spot(type_: str, start: int, end: int) -> str:
    """Where one of them stands, for the command line; offsets from 0, end exclusive, as in its JSON."""
    return f"- {NAMES[type_]}: huruf ke-{start + 1} sampai ke-{end}"


def told(findings: Sequence[Mapping[str, Any]]) -> str:
    """The findings of one text as lines for people; the data themselves are not repeated."""
    if not findings:
        return NOTHING
    return "\n".join(
        [
            f"Ada {listed(each['type'] for each in findings)}:",
            *(spot(each["type"], each["start"], each["end"]) for each in findings),
        ]
    )
