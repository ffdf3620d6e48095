"""Residents who come to a public post by themselves: reactions and comments over time, and answers to the Page.

What happens under a post is decided at once from (seed, post id), written down as a plan, and then played as the
practice clock goes on; a restart or a jump of the clock changes nothing of it.
"""

from __future__ import annotations

import random
import threading
from typing import Any

from connectors.practice import page_side, talk_side
from connectors.practice.cast import CAST, TOPICS, WORDS, Resident
from connectors.practice.context import Context
from connectors.practice.store import Row, Store
from connectors.practice.wire import GraphRequest

#: Factor on the demo's seconds: in the demo the first comment comes within 5 s and the last of ten after about 40.
SPEEDS = {"demo": 1.0, "latihan": 15.0}
#: When the comments come, in demo seconds after publishing, before jitter.
_BEATS = (2.0, 5.0, 8.5, 12.5, 16.5, 21.0, 25.5, 30.0, 34.0, 38.0)
_KINDS = ("pertanyaan", "keluhan", "saran", "spam", "sunda", "kritik", "emoji", "pujian")
_REACTIONS = ("LIKE", "LIKE", "LIKE", "LIKE", "LOVE", "LOVE", "CARE", "WOW", "HAHA", "SAD")
_REACTIONS_OVER_S = 75.0
_ANSWER_S = (4.0, 9.0)
_ANSWER_CHANCE = 0.65
_ANSWERS_A_THREAD = 2
_TICK_S = 0.25


class Residents:
    """Plays the plans in a thread of its own; also publishes what the Graph's own scheduler owes."""

    def __init__(self, store: Store, *, on: bool, speed: str, seed: int) -> None:
        if speed not in SPEEDS:
            raise ValueError(f"unknown speed {speed!r}")
        self._store = store
        self._on = on
        self._speed = speed
        self._seed = seed
        self._since = store.now()
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="residents", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(5)

    def look(self) -> None:
        """Something changed: look now instead of at the next tick."""
        self._wake.set()

    def switch(self, on: bool, speed: str | None) -> None:
        """Residents on or off; speed as in SPEEDS, None leaves it. Raises ValueError."""
        if speed is not None and speed not in SPEEDS:
            raise ValueError(f"unknown speed {speed!r}")
        if on and not self._on:
            self._since = self._store.now()
        self._on, self._speed = on, speed or self._speed
        self.look()

    @property
    def speed(self) -> str:
        return self._speed

    @property
    def on(self) -> bool:
        return self._on

    def _run(self) -> None:
        while not self._stop.is_set():
            self.tick()
            self._wake.wait(_TICK_S)
            self._wake.clear()

    def tick(self) -> None:
        """Do all that is due now."""
        with self._store.transaction() as db:
            ctx = Context(self._store, db, GraphRequest("GET", "", "", [""], {}), self._store.now())
            for post in ctx.all("SELECT * FROM posts WHERE NOT published AND NOT deleted AND scheduled <= ?", ctx.now):
                page_side.publish(ctx, post)
            if not self._on:
                return
            for post in ctx.all(
                "SELECT * FROM posts WHERE published AND NOT deleted AND published_at > ? "
                "AND id NOT IN (SELECT post_id FROM plan)", ctx.now - 86400,
            ):  # fmt: skip
                self._plan(ctx, post)
            self._plan_answers(ctx)
            for row in ctx.all("SELECT * FROM plan WHERE NOT done AND due <= ? ORDER BY due, id", ctx.now):
                _play(ctx, row)

    # --- planning ----------------------------------------------------------------------------------------------
    def _plan(self, ctx: Context, post: Row) -> None:
        start = max(self._since, post["published_at"])
        factor = SPEEDS[self._speed]
        for step in story(self._seed, post["id"], post["message"]):
            _insert(ctx, post["id"], {**step, "due": start + step["due"] * factor})

    def _plan_answers(self, ctx: Context) -> None:
        """Some residents answer when the Page replied to them; spammers never do."""
        replies = ctx.all(
            "SELECT c.*, p.author_name AS asker, p.hidden AS parent_hidden FROM comments c "
            "JOIN comments p ON p.id = c.parent_id WHERE c.own AND NOT c.deleted AND NOT p.deleted AND NOT p.own "
            "AND c.created > ? AND NOT EXISTS (SELECT 1 FROM plan WHERE mark = 'jawab:' || c.id)", ctx.now - 86400,
        )  # fmt: skip
        for reply in replies:
            chance = random.Random(f"{self._seed}:{reply['id']}")  # noqa: S311  a story, not a secret
            person = next((one for one in CAST if reply["asker"] in (one.name, one.handle)), None)
            before = ctx.one("SELECT count(*) AS n FROM plan WHERE what = 'lanjut' AND answers = ?", reply["parent_id"])
            silent = (
                person is None
                or "spam" in person.says
                or reply["parent_hidden"]
                or (before and before["n"] >= _ANSWERS_A_THREAD)
            )
            answers = not silent and chance.random() < _ANSWER_CHANCE
            due = ctx.now + chance.uniform(*_ANSWER_S) * SPEEDS[self._speed]
            _insert(ctx, reply["post_id"], {
                "due": due, "what": "lanjut", "person": person.name if person else "",
                "text": chance.choice(WORDS["lanjut"]),
                "answers": reply["parent_id"], "mark": f"jawab:{reply['id']}", "done": int(not answers),
            })  # fmt: skip


def story(seed: int, post_id: str, caption: str) -> list[dict[str, Any]]:
    """What happens under a post, in demo seconds after publishing: comments, replies among residents, reactions.

    The same arguments always give the same story.
    """
    chance = random.Random(f"{seed}:{post_id}")  # noqa: S311  a story, not a secret
    kinds = list(_KINDS)
    chance.shuffle(kinds)
    kinds.insert(0, "pujian")
    used: set[str] = set()
    steps: list[dict[str, Any]] = []
    said: set[str] = set()
    for beat, kind in zip(_BEATS[: len(kinds)], kinds, strict=True):
        person = _who(chance, kind, used)
        used.add(person.name)
        text = _words(chance, kind, caption, said)
        due = beat + chance.uniform(0, 1.8)
        steps.append(
            {"due": due, "what": "comment", "person": person.name, "text": text, "mark": f"{kind}:{len(steps)}"}
        )
    steps += _chatter(chance, steps)
    crowd = [one.name for one in CAST if "spam" not in one.says] + [f"warga-{n}" for n in range(chance.randint(8, 30))]
    for name in crowd:
        due = _REACTIONS_OVER_S * chance.random() ** 1.5 + 1
        steps.append({"due": due, "what": "react", "person": name, "text": chance.choice(_REACTIONS)})
    return sorted(steps, key=lambda step: float(step["due"]))


def _who(chance: random.Random, kind: str, used: set[str]) -> Resident:
    fitting = [one for one in CAST if kind in one.says]
    return chance.choice([one for one in fitting if one.name not in used] or fitting)


def _words(chance: random.Random, kind: str, caption: str, said: set[str]) -> str:
    """A text of this kind not said yet under this post; one about the caption's topic if there is one."""
    low = caption.lower()
    fitting = [texts[kind] for word, texts in TOPICS.items() if word in low and kind in texts]
    pool = [text for text in fitting or WORDS[kind] if text not in said] or list(WORDS[kind])
    text = chance.choice(pool)
    said.add(text)
    return text


def _chatter(chance: random.Random, comments: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One or two residents join a complaint or a question of another one; a third answers that reply."""
    worth = [step for step in comments if step["mark"].split(":")[0] in ("keluhan", "pertanyaan", "kritik")]
    target = chance.choice(worth)
    others = [
        one
        for one in CAST
        if one.name != target["person"] and one.says[0] not in ("spam", "emoji") and not one.anonymous
    ]
    first, second = chance.sample(others, 2)
    texts = chance.sample(WORDS["balas"], 2)
    due = float(target["due"]) + chance.uniform(3, 6)
    reply = {
        "due": due,
        "what": "comment",
        "person": first.name,
        "text": texts[0],
        "answers": target["mark"],
        "mark": "balas:1",
    }
    again = {"due": due + chance.uniform(3, 7), "what": "comment", "person": second.name, "text": texts[1],
             "answers": "balas:1", "mark": "balas:2"}  # fmt: skip
    return [reply, again] if chance.random() < 0.6 else [reply]


def _insert(ctx: Context, post_id: str, step: dict[str, Any]) -> None:
    ctx.db.execute(
        "INSERT INTO plan (post_id, due, what, person, text, answers, mark, done) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (post_id, step["due"], step["what"], step["person"], step["text"], step.get("answers"), step.get("mark"),
         step.get("done", 0)),
    )  # fmt: skip


# --- playing ----------------------------------------------------------------------------------------------------
def _play(ctx: Context, row: Row) -> None:
    made = None
    post = ctx.one("SELECT * FROM posts WHERE id = ? AND NOT deleted", row["post_id"])
    if post is not None and row["what"] == "react":
        ctx.db.execute(
            "INSERT INTO reactions VALUES (?, ?, ?, ?) ON CONFLICT (post_id, person) DO NOTHING",
            (post["id"], row["person"], row["text"], ctx.now),
        )
    elif post is not None and post["comment_enabled"]:
        made = _say(ctx, post, row)
    ctx.db.execute("UPDATE plan SET done = 1, made_id = ? WHERE id = ?", (made, row["id"]))


def _say(ctx: Context, post: Row, row: Row) -> str | None:
    """Write the planned comment; None when what it answers is gone or hidden."""
    parent = None
    if row["answers"]:
        target = row["answers"]
        if row["what"] == "comment":
            found = ctx.one("SELECT made_id FROM plan WHERE post_id = ? AND mark = ?", post["id"], target)
            target = found["made_id"] if found else None
        parent = ctx.one("SELECT * FROM comments WHERE id = ? AND NOT deleted AND NOT hidden", target)
        if parent is None:
            return None
    person = next(one for one in CAST if one.name == row["person"])
    instagram = ctx.account(post["account_id"])["kind"] == "ig"
    return talk_side.write_comment(
        ctx, post, parent, row["text"],
        author_id=page_side.scoped_person(person.name),
        author_name=person.handle if instagram else person.name,
        anonymous=person.anonymous,
    )  # fmt: skip
