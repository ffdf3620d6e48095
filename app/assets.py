"""Our own style, script and signs; their address holds the hash of their content, so they are kept for a year."""

from __future__ import annotations

import hashlib
from pathlib import Path

from flask import Flask, Response, send_from_directory

from app.rights import bare

FOLDER = Path(__file__).parent / "static"
_YEAR_S = 365 * 24 * 3600


def add(app: Flask) -> None:
    """Serve the folder at /static/HASH/... and give templates ``asset(name)`` and ``sprite``.

    One hash for all files, and as a folder name: modules that import each other by relative paths stay together.
    """
    version = content_hash(FOLDER)

    @app.get("/static/<version_asked>/<path:name>", endpoint="static")
    @bare
    def _static(version_asked: str, name: str) -> Response:
        response = send_from_directory(FOLDER, name, max_age=_YEAR_S if version_asked == version else 0)
        if version_asked == version:
            response.cache_control.public = True
            response.cache_control.immutable = True
        return response

    def asset(name: str) -> str:
        return f"{app.config['APPLICATION_ROOT'].rstrip('/')}/static/{version}/{name}"

    app.jinja_env.globals["asset"] = asset
    app.jinja_env.globals["sprite"] = asset("icons.svg") + "#"


def content_hash(folder: Path) -> str:
    """Twelve hexadecimal digits that change when any file in the folder does."""
    digest = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:12]
