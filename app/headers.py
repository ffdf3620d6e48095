"""Headers of every answer: a strict policy from the first page on, and nothing kept of pages behind the door."""

from __future__ import annotations

from flask import Flask, Response, g, request

CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "manifest-src 'self'",
        "worker-src 'self'",
    )
)
FIXED = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def add(app: Flask) -> None:
    """Put them on every answer of the app, errors included."""
    secure = app.config["SESSION_COOKIE_SECURE"]

    @app.after_request
    def _headers(response: Response) -> Response:
        for name, value in FIXED.items():
            response.headers.setdefault(name, value)
        if secure:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if "Cache-Control" not in response.headers:
            # A page that was made for somebody, and the door itself with its form's token, is never kept.
            private = g.get("standing") is not None or request.method != "GET" or response.mimetype == "text/html"
            response.headers["Cache-Control"] = "no-store" if private else "no-cache"
        return response
