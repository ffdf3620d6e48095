"""The control API under ``/latihan/api/``: JSON in, JSON out, loopback only. ``Control`` is its client.

POST NAME with a JSON object → {"ok": value}; a wrong call → 400 {"error": text}. Names are the methods of ``Api`` that
begin with ``do_``.
"""

from __future__ import annotations

import json
from typing import Any

from connectors.practice import faults, instagram_side, numbers, page_side, talk_side
from connectors.practice.context import SCOPES, Context
from connectors.practice.errors import GraphError
from connectors.practice.graph import Answer
from connectors.practice.minting import make
from connectors.practice.residents import Residents
from connectors.practice.store import Row, Store
from connectors.practice.views import comments_of, photo_view
from connectors.practice.webhooks import Messenger
from connectors.practice.wire import GraphRequest

_PREFIX = "/latihan/api/"


class Api:
    """What tests, the demo and the setting-up command may do to the platform from outside."""

    def __init__(self, store: Store, residents: Residents, messenger: Messenger) -> None:
        self._store = store
        self._residents = residents
        self._messenger = messenger

    def serve(self, method: str, path: str, body: bytes) -> Answer:
        """Answer one control call."""
        name = path.removeprefix(_PREFIX)
        if name == "alive":
            return _answer(200, {"ok": "latihan"})
        action = getattr(self, f"do_{name}", None)
        if action is None or method != "POST":
            return _answer(404, {"error": f"unknown call {name}"})
        try:
            arguments = json.loads(body or b"{}")
            done = action(**arguments)
            self._messenger.look()
            return _answer(200, {"ok": done})
        except GraphError as error:
            return _answer(400, {"error": error.message})
        except (TypeError, ValueError, KeyError) as error:
            return _answer(400, {"error": f"{type(error).__name__}: {error}"})

    # --- accounts and tokens -----------------------------------------------------------------------------------
    def do_make_page(
        self, name: str, ig_username: str | None = None, followers: int = 500, ig_followers: int | None = None,
        username: str | None = None, scopes: list[str] | None = None, user: str = "Petugas Latihan",
    ) -> dict[str, Any]:  # fmt: skip
        """A Page, its Instagram account unless ig_username is None, and tokens that open them."""
        store, granted = self._store, tuple(SCOPES if scopes is None else scopes)
        now = store.now()
        with store.transaction() as db:
            found = db.execute("SELECT id FROM users WHERE name = ?", (user,)).fetchone()
            user_id = found["id"] if found else store.new_id(1_020_000_000_000_000)
            if not found:
                db.execute("INSERT INTO users VALUES (?, ?)", (user_id, user))
            page_id = store.new_id(61_550_000_000_000)
            ig_id = store.new_id(17_841_400_000_000_000) if ig_username else None
            handle = username or "".join(c for c in name.lower() if c.isalnum()) or page_id
            row = "INSERT INTO accounts VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
            db.execute(row, (page_id, "page", name, handle, followers, user_id, ig_id, now))
            if ig_id:
                count = followers if ig_followers is None else ig_followers
                db.execute(row, (ig_id, "ig", name, ig_username, count, user_id, page_id, now))
        made = {
            "page_token": make(store, "page", user_id=user_id, page_id=page_id, scopes=granted),
            "ig_token": make(store, "page", user_id=user_id, page_id=page_id, scopes=granted) if ig_id else None,
            "user_token": make(store, "user", user_id=user_id, scopes=granted),
        }
        return {"page_id": page_id, "ig_id": ig_id, "name": name, "ig_username": ig_username, **made}

    def do_set_scopes(self, token: str, scopes: list[str]) -> None:
        self._change("UPDATE tokens SET scopes = ? WHERE token = ?", json.dumps(scopes), token)

    def do_end_token(self, token: str, subcode: int | None = None) -> None:
        """Make a token dead with 190/subcode; None brings it back to life."""
        self._change("UPDATE tokens SET dead_subcode = ? WHERE token = ?", subcode, token)

    def do_token_ends(self, token: str, expires: float = 0, data_access: float = 0) -> None:
        """When a token ends, and its person's 90 days of data access: unix seconds on the practice clock, 0 never."""
        self._change("UPDATE tokens SET expires = ? WHERE token = ?", expires, token)
        self._store.put("data_access", {**self._store.get("data_access", {}), token: data_access})

    def do_set_tasks(self, page_id: str, tasks: list[str]) -> None:
        self._store.put("tasks", {**self._store.get("tasks", {}), page_id: tasks})

    def do_accounts(self) -> list[dict[str, Any]]:
        with self._store.transaction() as db:
            return [dict(row) for row in db.execute("SELECT * FROM accounts ORDER BY created, id")]

    def do_rename(self, account_id: str, username: str) -> None:
        self._change("UPDATE accounts SET username = ? WHERE id = ?", username, account_id)

    def do_professional(self, ig_id: str, on: bool = True) -> None:
        """Whether Business Discovery shows the account to others."""
        hidden = set(self._store.get("personal", [])) - {ig_id}
        self._store.put("personal", sorted(hidden if on else hidden | {ig_id}))

    def do_share(self, page_id: str, reader_id: str) -> None:
        """The key of Page reader_id may read Page page_id from now on."""
        shared = self._store.get("shared", {})
        self._store.put("shared", {**shared, page_id: [*shared.get(page_id, []), reader_id]})

    def do_set_followers(self, account_id: str, followers: int) -> None:
        self._change("UPDATE accounts SET followers = ? WHERE id = ?", int(followers), account_id)

    def _change(self, sql: str, *values: Any) -> None:
        with self._store.transaction() as db:
            if db.execute(sql, values).rowcount == 0:
                raise ValueError("no such object")

    # --- people ------------------------------------------------------------------------------------------------
    def do_comment(
        self, object_id: str, author: str | None, text: str, author_id: str | None = None, own: bool = False
    ) -> str:
        """A comment on a post, or a reply to a comment. author None: someone whose ``from`` Meta withholds. own: by the
        account itself, in the Facebook app."""
        with self._context() as ctx:
            kind, row = ctx.find(object_id)
            if kind not in ("post", "media", "comment"):
                raise ValueError("only posts and comments take comments")
            post = ctx.post(row["post_id"]) if kind == "comment" else row
            account = ctx.account(post["account_id"])
            name = author or "Warga"
            if own:
                name, author_id = (account["username" if account["kind"] == "ig" else "name"]), account["id"]
            return talk_side.write_comment(
                ctx, post, row if kind == "comment" else None, text,
                author_id=author_id or page_side.scoped_person(name), author_name=name, own=own,
                anonymous=author is None and not own,
            )  # fmt: skip

    def do_react(self, post_id: str, person: str, type: str = "LIKE") -> None:
        if type not in numbers.REACTION_NAMES:
            raise ValueError(f"unknown reaction {type!r}")
        with self._context() as ctx:
            ctx.post(post_id)
            ctx.db.execute(
                "INSERT INTO reactions VALUES (?, ?, ?, ?) "
                "ON CONFLICT (post_id, person) DO UPDATE SET type = excluded.type",
                (post_id, person, type, ctx.now),
            )

    def do_edit_comment(self, comment_id: str, text: str) -> None:
        with self._context() as ctx:
            talk_side.edit(ctx, ctx.find(comment_id)[1], text)

    def do_delete_comment(self, comment_id: str) -> None:
        with self._context() as ctx:
            page_side.delete(ctx, "comment", ctx.find(comment_id)[1])

    def do_hide_comment(self, comment_id: str, hidden: bool = True) -> None:
        with self._context() as ctx:
            talk_side.hide(ctx, ctx.find(comment_id)[1], bool(hidden))

    def do_delete_post(self, post_id: str) -> None:
        with self._context() as ctx:
            page_side.delete(ctx, "post", ctx.post(post_id))

    def do_post(self, account_id: str, text: str, created: float | None = None) -> str:
        """The owner posts in the platform's own app, created: unix seconds, now if None; the post's id."""
        with self._context() as ctx:
            account = ctx.account(account_id)
            if account["kind"] == "page":
                post_id = page_side.make_post(ctx, account, text, published=True)
            else:
                post_id = instagram_side.make_media(ctx, account, text)
            at = ctx.now if created is None else float(created)
            ctx.db.execute("UPDATE posts SET created = ?, published_at = ? WHERE id = ?", (at, at, post_id))
            return post_id

    def do_numbers(self, post_id: str, figures: dict[str, int]) -> None:
        """Fix figures of a post (keys of ``numbers.of_post``); {} lets them grow again."""
        self._change("UPDATE posts SET numbers = ? WHERE id = ?", json.dumps(figures), post_id)

    # --- switches ----------------------------------------------------------------------------------------------
    def do_fault(
        self, where: str, what: str, times: int | None = 1, account_id: str | None = None, **params: Any
    ) -> int:
        return faults.add(self._store, where, what, account_id=account_id, times=times, params=params)

    def do_faults(self) -> list[dict[str, Any]]:
        with self._store.transaction() as db:
            return [dict(row) | {"params": json.loads(row["params"])} for row in db.execute("SELECT * FROM faults")]

    def do_clear_faults(self) -> None:
        with self._store.transaction() as db:
            db.execute("DELETE FROM faults")

    def do_fail_container(self, container_id: str, reason: str = "Media could not be processed") -> None:
        self._change("UPDATE containers SET failed = ? WHERE id = ?", json.dumps(reason), container_id)

    def do_set_clock(self, offset_s: float) -> None:
        self._store.set_offset(float(offset_s))
        self._residents.look()

    def do_setting(self, name: str, value: Any) -> None:
        """container_s: seconds until FINISHED; ig_quota: posts in 24 h; usage: {"app"|"page"|"ig": %, "minutes": n};
        lists: see ``paging.cut``."""
        if name not in ("container_s", "ig_quota", "usage", "lists"):
            raise ValueError(f"unknown setting {name!r}")
        self._store.put(name, value)

    # --- notifications -----------------------------------------------------------------------------------------
    def do_webhooks(self, url: str | None, secret: str | None = None, hold: bool = False) -> None:
        """Where to send notifications, signed with which secret (None: the practice app's). hold: only as told to."""
        self._store.put("webhooks", {"url": url, "secret": secret, "hold": hold})

    def do_told(self, after: int = 0) -> list[dict[str, Any]]:
        """Changes that notifications tell of, oldest first, from an id on."""
        with self._store.transaction() as db:
            rows = db.execute("SELECT * FROM told WHERE id > ? ORDER BY id", (after,)).fetchall()
        return [{**dict(row), "change": json.loads(row["change"])} for row in rows]

    def do_tell(self, ids: list[int], batch: int = 1) -> list[int]:
        return self._messenger.tell(ids, batch)

    def do_residents(self, on: bool = True, speed: str | None = None) -> None:
        self._residents.switch(on, speed)

    # --- looking -----------------------------------------------------------------------------------------------
    def do_posts(self, account_id: str, unpublished: bool = False) -> list[dict[str, Any]]:
        """Posts of an account, newest first, with everything a person would see (and what is hidden, marked)."""
        with self._context() as ctx:
            ctx.account(account_id)
            rows = ctx.all(
                "SELECT * FROM posts WHERE account_id = ? AND NOT deleted AND published = ? "
                "ORDER BY coalesce(published_at, created) DESC, id DESC",
                account_id, not unpublished,
            )  # fmt: skip
            return [self._post_view(ctx, row) for row in rows]

    def do_count(self, account_id: str) -> int:
        with self._store.transaction() as db:
            sql = "SELECT count(*) AS n FROM posts WHERE account_id = ? AND published AND NOT deleted"
            return int(db.execute(sql, (account_id,)).fetchone()["n"])

    def do_counts(self) -> dict[str, int]:
        with self._store.transaction() as db:
            sql = "SELECT account_id, count(*) AS n FROM posts WHERE published AND NOT deleted GROUP BY account_id"
            return {row["account_id"]: int(row["n"]) for row in db.execute(sql)}

    def do_loose_photos(self, account_id: str) -> list[str]:
        """Ids of uploaded photos that belong to no post: what a tidy connector leaves none of."""
        with self._store.transaction() as db:
            sql = "SELECT id FROM photos WHERE account_id = ? AND post_id IS NULL AND NOT deleted ORDER BY created, id"
            return [row["id"] for row in db.execute(sql, (account_id,))]

    def _post_view(self, ctx: Context, row: Row) -> dict[str, Any]:
        photos = ctx.all("SELECT * FROM photos WHERE post_id = ? AND NOT deleted ORDER BY position", row["id"])
        return {
            "id": row["id"],
            "caption": row["message"],
            "published": bool(row["published"]),
            "created": row["created"],
            "published_at": row["published_at"],
            "photos": [photo_view(ctx, photo) for photo in photos],
            "comments": comments_of(ctx, row["id"]),
            "reactions": numbers.reactions_by_type(ctx, row["id"]),
            "figures": numbers.of_post(ctx, row),
        }

    def do_messages(self, account_id: str) -> list[dict[str, Any]]:
        """Private messages of an account, oldest first."""
        with self._store.transaction() as db:
            sql = "SELECT id, comment_id, text, created FROM messages WHERE account_id = ? ORDER BY created, id"
            return [dict(row) for row in db.execute(sql, (account_id,))]

    def do_log(self, after: int = 0) -> list[dict[str, Any]]:
        """The request log from an id on, oldest first."""
        with self._store.transaction() as db:
            rows = db.execute("SELECT * FROM log WHERE id > ? ORDER BY id", (after,)).fetchall()
        return [dict(row) | {"params": json.loads(row["params"]), "acted": bool(row["acted"])} for row in rows]

    def _context(self) -> Any:
        return LocalContext(self._store)


class LocalContext:
    """A Context outside any Graph call, inside a transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._transaction = store.transaction()

    def __enter__(self) -> Context:
        db = self._transaction.__enter__()
        return Context(self._store, db, GraphRequest("GET", "", "", [""], {}), self._store.now())

    def __exit__(self, *exc: Any) -> None:
        self._transaction.__exit__(*exc)


def _answer(status: int, value: dict[str, Any]) -> Answer:
    return Answer(status, json.dumps(value, ensure_ascii=False).encode())
