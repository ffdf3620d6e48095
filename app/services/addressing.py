"""Reading a post's address as a person copies it from a platform: what to link to, and its id where it holds one."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

from app.models import Account
from app.problems import Problem

#: Connector → hosts on which its posts stand, with everything below them.
_HOSTS = {
    "facebook": ("facebook.com", "fb.com", "fb.watch"),
    "instagram": ("instagram.com",),
    "instagram_private": ("instagram.com",),
}
#: Of a Facebook address these name the post; everything else only tells whose phone it came from.
_NAMING = ("story_fbid", "id", "fbid")
_MOST = 1000


def read(account: Account, text: str) -> tuple[str | None, str | None]:
    """(permalink, remote id) of what was pasted: an address on the account's platform, or the id itself.

    The id is taken from an address only when it names the account's own page: a wrong id would make the post look
    deleted. Problem("bad_address") for anything else.
    """
    text = text.strip()
    if not text:
        return None, None
    if re.fullmatch(rf"{re.escape(account.remote_id)}_\d+", text, re.ASCII):
        return None, text
    if len(text) > _MOST or re.search(r"\s", text):
        raise Problem("bad_address", field="address")
    if "://" not in text:
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        host, _ = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise Problem("bad_address", field="address") from None
    if "@" in parts.netloc or not _stands_there(account, parts.scheme, host):
        raise Problem("bad_address", field="address")
    asked = parse_qs(parts.query)
    named = {key: asked[key][0] for key in _NAMING if asked.get(key)} if account.connector == "facebook" else {}
    if len(parts.path.strip("/")) == 0 and not named:
        raise Problem("bad_address", field="address")  # a front page is no post
    query = urlencode(named)
    # The practice platform shows all posts of an account on one page, each at its own place.
    place = parts.fragment if account.practice else ""
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, place)), _id_in(account, parts.path, named)


def _stands_there(account: Account, scheme: str, host: str) -> bool:
    if account.practice:
        return scheme in ("http", "https") and (host == "localhost" or _loopback(host))
    return scheme == "https" and any(
        host == name or host.endswith(f".{name}") for name in _HOSTS.get(account.connector, ())
    )


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _id_in(account: Account, path: str, named: dict[str, str]) -> str | None:
    """PAGE_POST (the id of a Page's post, Meta: "Page Post") from the two forms of address that hold both numbers."""
    if account.connector != "facebook":
        return None
    posts = re.fullmatch(r"/(\d+)/posts/(\d+)/?", path, re.ASCII)
    page, post = posts.groups() if posts else (named.get("id", ""), named.get("story_fbid", ""))
    whole = page == account.remote_id and re.fullmatch(r"\d+", post, re.ASCII)
    return f"{page}_{post}" if whole else None
