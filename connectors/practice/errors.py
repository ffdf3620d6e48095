"""Error answers as Meta gives them: code, subcode, texts for people, HTTP status."""

from __future__ import annotations

import secrets
from typing import Any


class GraphError(Exception):
    """One refused call. ``status`` is the HTTP status; the rest stands in the error object."""

    def __init__(
        self,
        code: int,
        message: str,
        *,
        subcode: int | None = None,
        title: str | None = None,
        user_msg: str | None = None,
        status: int = 400,
        kind: str = "OAuthException",
        transient: bool | None = None,
    ) -> None:
        super().__init__(code, subcode, message)
        self.code = code
        self.subcode = subcode
        self.message = message
        self.title = title
        self.user_msg = user_msg
        self.status = status
        self.kind = kind
        self.transient = transient

    def body(self) -> dict[str, Any]:
        """The JSON answer; keys without a value are left out, as Meta does."""
        error: dict[str, Any] = {"message": self.message, "type": self.kind, "code": self.code}
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        if self.transient is not None:
            error["is_transient"] = self.transient
        if self.title is not None:
            error["error_user_title"] = self.title
        if self.user_msg is not None:
            error["error_user_msg"] = self.user_msg
        error["fbtrace_id"] = "A" + secrets.token_urlsafe(16)
        return {"error": error}


def invalid(message: str, **extra: Any) -> GraphError:
    """Code 100, the answer to a wrong parameter."""
    return GraphError(100, f"(#100) {message}", **extra)


def gone(object_id: str, method: str = "get") -> GraphError:
    """100/33: does not exist, or is not visible to this token; Meta does not say which."""
    return GraphError(
        100,
        f"Unsupported {method.lower()} request. Object with ID '{object_id}' does not exist, cannot be loaded due to "
        "missing permissions, or does not support this operation. Please read the Graph API documentation at "
        "https://developers.facebook.com/docs/graph-api",
        subcode=33,
        kind="GraphMethodException",
    )


def bad_token(message: str, subcode: int | None = None) -> GraphError:
    return GraphError(190, message, subcode=subcode, status=401 if subcode is None else 400)


def page_token_needed() -> GraphError:
    return GraphError(
        190,
        "Invalid OAuth 2.0 Access Token",
        subcode=2069032,
        title="User Access Token Is Not Supported",
        user_msg="A Page access token is required for this call for the new Pages experience.",
        transient=False,
    )


def media_error(code: int, subcode: int, title: str, user_msg: str, message: str | None = None) -> GraphError:
    """The Instagram publishing errors: all HTTP 400 with texts for people."""
    return GraphError(
        code, message or title, subcode=subcode, title=title, user_msg=user_msg, transient=code in (-1, -2)
    )
