"""Files to keep, as an answer."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response


def download(content: bytes, name: str, kind: str) -> Response:
    """A file to keep, under a name in any letters."""
    answer = Response(content, mimetype=kind.split(";")[0])
    answer.headers["Content-Type"] = kind
    plain = "".join(sign if sign.isascii() and (sign.isalnum() or sign in " .-") else "-" for sign in name)
    answer.headers["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
