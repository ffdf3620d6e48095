"""Kentongan: ``create_app(settings)`` wires the pages; nothing else happens here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from app.parts import Parts
    from app.settings import Settings

#: Ten photos of 40 MB, and the words around them. Other forms are held to ``rights.SMALL_FORM``.
MOST_UPLOAD = 10 * 40_000_000 + 1_000_000


def create_app(settings: Settings, *, parts: Parts | None = None) -> Flask:
    """The web application. parts: given by a caller that has them open already. Problem("no_key") before set-up."""
    from flask import Flask

    from app import assets, frame, headers, rights, security, views
    from app.demo import is_demo
    from app.parts import build

    app = Flask(__name__, static_folder=None, template_folder=str(Path(__file__).parent.parent / "templates"))
    app.config.update(
        MAX_CONTENT_LENGTH=MOST_UPLOAD,
        MAX_FORM_MEMORY_SIZE=1_000_000,
        MAX_FORM_PARTS=500,
        KENTONGAN_DEMO=is_demo(settings.home),
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    parts = parts or build(settings)
    app.extensions["kentongan"] = parts
    app.before_request(rights.enforce)
    app.after_request(rights.confirm_object)
    security.add(app, parts)
    headers.add(app)
    assets.add(app)
    frame.add(app)
    for blueprint in views.load():
        app.register_blueprint(blueprint)
    return app
