"""Where Meta tells of comments unasked: `/webhooks/meta`. A machine talks to a machine: no page, no session, no form.

A notification is stored and answered, nothing more; a job works it off (services/hooking.py).
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request
from flask.blueprints import BlueprintSetupState
from werkzeug.exceptions import RequestEntityTooLarge

from app.frame import parts
from app.rights import bare
from app.services import hooking

bp = Blueprint("hook", __name__)


@bp.get("/webhooks/meta")
@bare
def greet() -> Any:
    """The handshake: whoever knows our word hears its number again; 403 for everybody else."""
    given = request.args.get("hub.verify_token", "")
    known = hooking.greeted(parts().settings.meta_verify_token, given)
    if request.args.get("hub.mode") != "subscribe" or not known:
        return _plain(403)
    return _plain(200, request.args.get("hub.challenge", ""))


@bp.post("/webhooks/meta")
@bare
def receive() -> Any:
    """A notification: 200 once it is on disk; 403 without our app's signature, 413 when it is too large."""
    secret = parts().settings.meta_app_secret
    signature = request.headers.get("X-Hub-Signature-256")
    if not secret or not signature:
        return _plain(403)
    request.max_content_length = hooking.MOST_BYTES
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge:
        return _plain(413)
    if not hooking.signed(secret, body, signature):
        return _plain(403)
    hooking.take(parts(), body)
    return _plain(200)


@bp.record_once
def _without_form(state: BlueprintSetupState) -> None:
    """The signature stands where a form's token would: only whoever has the app's secret can make one."""
    state.app.extensions["csrf"].exempt(receive)


def _plain(status: int, words: str = "") -> Response:
    return Response(words, status, mimetype="text/plain", headers={"Cache-Control": "no-store"})
