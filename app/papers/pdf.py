"""PDF by Typst from templates/papers/NAME.typ: plain data in, bytes out, the same bytes for the same data.

Typst sees only what is handed over, in a folder of its own that is its root: the template, the shared page (house.typ),
data.json and the images. So a template reads nothing else of this machine; data are values, never markup or code. Only
the fonts that Typst brings are used, so that a paper looks alike everywhere.
"""

from __future__ import annotations

import json
import re
import tempfile
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.problems import Problem

_TEMPLATES = Path(__file__).parents[2] / "templates" / "papers"
#: A name of a template or image: nothing that could leave its folder.
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,60}(\.(svg|png|jpg|jpeg|webp))?")


def render(template: str, data: Mapping[str, Any], images: Mapping[str, bytes] | None = None) -> bytes:
    """A PDF (tagged, for screen readers). data: what JSON can carry, Decimal too; data["made_at"] is its date.

    made_at: an aware time or ISO 8601, fixed in the file, so that the same data give the same bytes. images: by name
    ("best.jpg"), found in the template as "/images/NAME". ValueError for a wrong name or date; Problem("paper_failed")
    when Typst refuses.
    """
    made = _compile(template, data, images or {}, {"format": "pdf"})
    return made if isinstance(made, bytes) else b"".join(made)


def pages_png(
    template: str, data: Mapping[str, Any], images: Mapping[str, bytes] | None = None, ppi: float = 72
) -> list[bytes]:
    """The same pages as pictures, to look at. Raises as ``render``."""
    made = _compile(template, data, images or {}, {"format": "png", "ppi": ppi})
    return [made] if isinstance(made, bytes) else list(made)


def printable(text: str) -> str:
    """A text in letters that can be printed: decorated letters become plain ones, pictures and controls are left out.

    People write 𝗯𝗼𝗹𝗱 with mathematical letters and put pictures between words; no font of ours has those. A letter
    of a script without a font stays and prints as an empty box: something is there.
    """
    plain = unicodedata.normalize("NFC", re.sub("[\U0001d400-\U0001d7ff]+", _unadorned, text))
    kept = "".join(sign for sign in plain if sign == "\n" or _prints(sign))
    return re.sub(r" {2,}", " ", kept)


def _unadorned(found: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", found.group())


def _prints(sign: str) -> bool:
    if sign in "\u200d\u20e3\u00ad" or "\ufe00" <= sign <= "\ufe0f" or "\U0001f000" <= sign <= "\U0001faff":
        return False
    if "\u2600" <= sign <= "\u27bf" or "\u2b00" <= sign <= "\u2bff":
        return False
    return unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn")


def _compile(
    template: str, data: Mapping[str, Any], images: Mapping[str, bytes], how: dict[str, Any]
) -> bytes | list[bytes]:
    import typst  # 84 MB of machine code: only who prints pays

    made_at = _made_at(data)
    for name in (template, *images):
        if not _NAME.fullmatch(name):
            raise ValueError(f"not a name of a paper or image: {name!r}")
    files = {
        "main.typ": (_TEMPLATES / f"{template}.typ").read_bytes(),
        "house.typ": (_TEMPLATES / "house.typ").read_bytes(),
        "data.json": json.dumps(_plain(data), ensure_ascii=False).encode(),
    }
    files |= {f"images/{name}": content for name, content in images.items()}
    with tempfile.TemporaryDirectory(prefix="kentongan-paper-") as folder:
        root = Path(folder)
        (root / "images").mkdir()
        for name, content in files.items():
            (root / name).write_bytes(content)
        try:
            made: bytes | list[bytes] | None = typst.compile(
                root / "main.typ",
                root=root,
                font_paths=[],
                ignore_system_fonts=True,
                package_path=root,
                package_cache_path=root,
                timestamp=int(made_at.timestamp()),
                **how,
            )
        except RuntimeError as error:  # TypstError, and what it says of files it cannot decode
            raise Problem("paper_failed", reason=str(error)) from error
    if made is None:
        raise Problem("paper_failed")
    return made


def _made_at(data: Mapping[str, Any]) -> datetime:
    given = data.get("made_at")
    at = datetime.fromisoformat(given) if isinstance(given, str) else given
    if not isinstance(at, datetime) or at.utcoffset() is None:
        raise ValueError("made_at is an aware time")
    return at


def _plain(value: Any) -> Any:
    """What JSON carries; every text printable. Decimals become texts: a template prints them as they are."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value
