"""Pages for people: the practice feeds as a resident sees them, and the switches. Server-rendered, no script."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jinja2

from connectors.practice import faults, numbers, page_side, talk_side
from connectors.practice.api import LocalContext
from connectors.practice.context import Context
from connectors.practice.errors import GraphError
from connectors.practice.graph import Answer
from connectors.practice.residents import Residents
from connectors.practice.store import Row, Store
from connectors.practice.switches import ACCIDENTS, PLACES, sentence
from connectors.practice.views import comments_of, photo_view

_CDN = re.compile(r"^/cdn/v/[\w.-]+/([\w-]+)_n\.jpg$")
_FEED = re.compile(r"^/(facebook|instagram)/(\d+)$")
_FOLDER = Path(__file__).parent / "pages"
_WIB = timedelta(hours=7)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agt", "Sep", "Okt", "Nov", "Des")
_NAME_LENGTH = 60
_TEXT_LENGTH = 2000
_SHOWN_POSTS = 30
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; style-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class PagesForPeople:
    """Everything a browser may ask of the platform."""

    def __init__(self, store: Store, residents: Residents) -> None:
        self._store = store
        self._residents = residents
        self._pages = jinja2.Environment(
            loader=jinja2.FileSystemLoader(_FOLDER),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._pages.filters |= {"wib": wib, "ribuan": thousands, "huruf": initial, "warna": colour}

    def photo(self, path: str) -> Answer:
        """A photo's bytes by its unguessable address."""
        match = _CDN.match(path)
        with self._store.transaction() as db:
            row = match and db.execute("SELECT type, data FROM blobs WHERE key = ?", (match.group(1),)).fetchone()
        if not row:
            return Answer(404, b"URL signature mismatch", content_type="text/plain")
        headers = {"Cache-Control": "max-age=1209600", "X-Content-Type-Options": "nosniff"}
        return Answer(200, row["data"], content_type=row["type"], headers=headers)

    def owns(self, method: str, target: str) -> bool:
        """Whether a request is for a person's page and not for the Graph API."""
        split = urlsplit(target)
        if split.path == "/":
            return method == "GET" and "ids" not in parse_qs(split.query)
        if split.path == "/favicon.ico":
            return True
        return split.path.startswith(("/facebook/", "/instagram/", "/saklar", "/warga/", "/latihan/"))

    def serve(self, method: str, target: str, body: bytes) -> Answer:
        """One page or one form."""
        path = urlsplit(target).path
        if method == "POST":
            form = {key: values[-1] for key, values in parse_qs(body.decode("utf-8", "replace")).items()}
            try:
                return self._form(path, form)
            except (GraphError, ValueError) as error:
                text = str(error) if isinstance(error, ValueError) else "Kiriman atau komentar itu sudah tidak ada."
                return self._page("pesan.html", 400, text=text)
        if path == "/":
            return self._accounts()
        if path == "/saklar":
            return self._switches()
        if path == "/latihan/gaya.css":
            return Answer(200, (_FOLDER / "gaya.css").read_bytes(), content_type="text/css; charset=utf-8")
        if match := _FEED.match(path):
            return self._feed(match.group(1), match.group(2))
        return self._page("pesan.html", 404, text="Halaman ini tidak ada.")

    def _page(self, template: str, status: int = 200, **values: Any) -> Answer:
        html = self._pages.get_template(template).render(**values)
        return Answer(status, html.encode("utf-8", "replace"), "text/html; charset=utf-8", dict(_HEADERS))

    # --- looking -----------------------------------------------------------------------------------------------
    def _accounts(self) -> Answer:
        with LocalContext(self._store) as ctx:
            rows = ctx.all(
                "SELECT a.*, (SELECT count(*) FROM posts WHERE account_id = a.id AND published AND NOT deleted) "
                "AS posts FROM accounts a ORDER BY a.created, a.kind DESC, a.id"
            )
            accounts = [dict(row) | {"side": "facebook" if row["kind"] == "page" else "instagram"} for row in rows]
        return self._page("beranda.html", accounts=accounts, residents=self._residents.on)

    def _feed(self, side: str, account_id: str) -> Answer:
        with LocalContext(self._store) as ctx:
            account = ctx.one("SELECT * FROM accounts WHERE id = ?", account_id)
            if account is None or (account["kind"] == "page") != (side == "facebook"):
                return self._page("pesan.html", 404, text="Akun latihan ini tidak ada.")
            rows = ctx.all(
                "SELECT * FROM posts WHERE account_id = ? AND published AND NOT deleted "
                "ORDER BY published_at DESC, id DESC LIMIT ?", account_id, _SHOWN_POSTS,
            )  # fmt: skip
            posts = [_post_view(ctx, row) for row in rows]
            return self._page("linimasa.html", side=side, account=dict(account), posts=posts)

    def _switches(self) -> Answer:
        with LocalContext(self._store) as ctx:
            accounts = [dict(row) for row in ctx.all("SELECT * FROM accounts ORDER BY created, id")]
            names = {
                row["id"]: f"{row['name']} ({'Facebook' if row['kind'] == 'page' else 'Instagram'})" for row in accounts
            }
            active = [
                {"id": row["id"], "text": sentence(row["place"], row["what"], row["times"]),
                 "account": names.get(row["account_id"], "semua akun")}
                for row in ctx.all("SELECT * FROM faults ORDER BY id")
            ]  # fmt: skip
            log = [dict(row) for row in ctx.all("SELECT * FROM log ORDER BY id DESC LIMIT 20")]
        return self._page(
            "saklar.html", places=PLACES, accidents=ACCIDENTS, active=active, names=names, log=log,
            residents=self._residents,
        )  # fmt: skip

    # --- doing -------------------------------------------------------------------------------------------------
    def _form(self, path: str, form: dict[str, str]) -> Answer:
        if path == "/warga/komentar":
            return self._comment(form)
        if path == "/warga/suka":
            return self._like(form)
        if path == "/saklar":
            self._set_switch(form)
            return _to("/saklar")
        if path == "/saklar/hapus":
            with self._store.transaction() as db:
                db.execute("DELETE FROM faults WHERE ? = '' OR id = ?", (form.get("id", ""), form.get("id", "")))
            return _to("/saklar")
        if path == "/saklar/warga":
            self._residents.switch(form.get("nyala") == "ya", form.get("laju"))
            return _to("/saklar")
        raise ValueError("Formulir ini tidak dikenal.")

    def _comment(self, form: dict[str, str]) -> Answer:
        name, text = form.get("nama", "").strip(), form.get("teks", "").strip()
        if not name or not text:
            raise ValueError("Nama dan komentar harus diisi.")
        if len(name) > _NAME_LENGTH or len(text) > _TEXT_LENGTH:
            raise ValueError(f"Nama paling panjang {_NAME_LENGTH} huruf, komentar paling panjang {_TEXT_LENGTH} huruf.")
        with LocalContext(self._store) as ctx:
            kind, row = ctx.find(form.get("pada", ""))
            if kind not in ("post", "media", "comment"):
                raise ValueError("Hanya kiriman dan komentar yang dapat dikomentari.")
            post = ctx.post(row["post_id"]) if kind == "comment" else row
            author = page_side.scoped_person(name)
            comment_id = talk_side.write_comment(
                ctx, post, row if kind == "comment" else None, text, author_id=author, author_name=name
            )
            return _to(f"{_feed_path(ctx, post)}#komentar-{comment_id}")

    def _like(self, form: dict[str, str]) -> Answer:
        with LocalContext(self._store) as ctx:
            post = ctx.post(form.get("pada", ""))
            found = ctx.one(
                "SELECT count(*) AS n FROM reactions WHERE post_id = ? AND person LIKE 'tamu-%'", post["id"]
            )
            number = found["n"] + 1 if found else 1
            ctx.db.execute("INSERT INTO reactions VALUES (?, ?, 'LIKE', ?)", (post["id"], f"tamu-{number}", ctx.now))
            return _to(f"{_feed_path(ctx, post)}#{post['shortcode']}")

    def _set_switch(self, form: dict[str, str]) -> None:
        accident = ACCIDENTS.get(form.get("apa", ""))
        place, times = form.get("di", ""), form.get("kali", "1")
        if accident is None or place not in PLACES or not times.isdigit():
            raise ValueError("Pilih apa yang terjadi, pada permintaan mana, dan berapa kali.")
        params = dict(accident.params)
        faults.add(
            self._store,
            place,
            accident.what,
            account_id=form.get("akun") or None,
            times=int(times) or None,
            params=params,
        )


def _post_view(ctx: Context, row: Row) -> dict[str, Any]:
    photos = ctx.all("SELECT * FROM photos WHERE post_id = ? AND NOT deleted ORDER BY position", row["id"])
    figures = numbers.of_post(ctx, row)
    shown = [
        {**one, "replies": [reply for reply in one["replies"] if not reply["hidden"]]}
        for one in comments_of(ctx, row["id"])
        if not one["hidden"]
    ]
    return {
        "id": row["id"],
        "anchor": row["shortcode"],
        "caption": row["message"],
        "link": row["link"],
        "at": row["published_at"],
        "photos": [photo_view(ctx, photo) for photo in photos],
        "comments": shown,
        "count": sum(1 + len(one["replies"]) for one in shown),
        "reactions": figures["reactions"],
        "shares": figures["shares"],
    }


def _feed_path(ctx: Context, post: Row) -> str:
    side = "facebook" if ctx.account(post["account_id"])["kind"] == "page" else "instagram"
    return f"/{side}/{post['account_id']}"


def _to(path: str) -> Answer:
    return Answer(303, b"", "text/plain", {**_HEADERS, "Location": path})


def wib(seconds: float) -> str:
    """Unix seconds as "21 Nov 2026 pukul 18.30 WIB"."""
    moment = datetime.fromtimestamp(seconds, UTC) + _WIB
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year} pukul {moment:%H.%M} WIB"


def thousands(number: int) -> str:
    """1234 as "1.234"."""
    return f"{number:,}".replace(",", ".")


def initial(name: str) -> str:
    return next((letter.upper() for letter in name if letter.isalnum()), "?")


def colour(name: str) -> int:
    """One of six colours for a person's circle, always the same for a name."""
    return sum(name.encode("utf-8", "replace")) % 6
