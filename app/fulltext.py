"""The full-text index of the inbox and what keeps it true: triggers, so that no way of writing can forget it.

``itemsearch`` holds one row an item: what may be looked for in it (its text, who said it, village, labels, references
of hand-overs, earlier texts, the first replies of its talk), as written and as stems, with the organisation as one
more token: 22 times faster than sorting out foreign rows afterwards (measured). On SQLite it is an FTS5 table whose
number also tells the time, so that the newest come first without sorting; on PostgreSQL a table with a tsvector.

Words and stems are made by ``app/language/stem.py``: on SQLite by functions of ours that the triggers call (whoever
writes with another program is refused rather than leaving the index wrong), on PostgreSQL by its own 'indonesian'
dictionary, whose rules are the same. A migration lifts the triggers first and puts them back after (app/migrate.py):
SQLite makes tables anew, which drops triggers silently, and renames nothing that a view speaks of.
"""

from __future__ import annotations

import json
import sqlite3
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection

from app.language.stem import stem, words

NAME = "itemsearch"
#: Characters of one item that are indexed; a tsvector holds 1 MB at most.
MOST = 100_000
#: Replies of a talk that are indexed. Each new one indexes the whole item again.
REPLIES = 50
#: SQLite: seconds since EPOCH above, the item's number in the lower 32 bits. PostgreSQL has columns for both.
EPOCH, BITS = 1_000_000_000, 32

_KEY = f"((max(0, cast(strftime('%s', {{0}}.said_at) as integer) - {EPOCH}) << {BITS}) | {{0}}.id)"
_WATCHED = ("text", "author", "village", "labels", "organisation_id", "said_at")
_THREAD = (
    "select {item}.comment_id union all select deeper.id from comment deeper where deeper.parent_id = {item}.comment_id"
)
_ITEM_OF = (
    "(select id from aspiration where comment_id in ({row}.id, {row}.parent_id, "
    "(select parent_id from comment where id = {row}.parent_id)))"
)

_SQLITE_SOURCE = f"""
create view {NAME}_source as select
  item.id as id, {_KEY.format("item")} as key,
  kentongan_scope(item.organisation_id, item.village, item.labels) as scope,
  item.text || ' ' || coalesce(item.author, '') || ' ' || coalesce(item.village, '')
    || coalesce((select ' ' || group_concat(value, ' ') from json_each(item.labels)), '')
    || coalesce((select ' ' || group_concat(agency || ' ' || reference, ' ') from handover
                 where aspiration_id = item.id), '')
    || coalesce((select ' ' || group_concat(json_extract(version.value, '$.text'), ' ')
                 from comment root, json_each(root.versions) version
                 where root.id = item.comment_id and json_array_length(root.versions) > 1), '')
    || coalesce((select ' ' || group_concat(said, ' ') from (
         select case when json_array_length(versions) > 1
           then (select group_concat(json_extract(version.value, '$.text'), ' ') from json_each(versions) version)
           else text end as said
         from comment where parent_id in ({_THREAD.format(item="item")}) order by id limit {REPLIES})), '') as body
from aspiration item
"""  # noqa: S608  constants of ours
_PUT = (
    "insert into itemsearch(rowid, scope, words, stems) "
    "select key, scope, kentongan_words(body), kentongan_stems(body) from itemsearch_source where id"
)


def _sqlite_triggers() -> dict[str, str]:
    again = f"delete from {NAME} where rowid in (select key from {NAME}_source where id in {{0}}); {_PUT} in {{0}};"  # noqa: S608  constants of ours
    changed = " or ".join(f"old.{name} is not new.{name}" for name in _WATCHED)
    of_new, of_old = (again.format(_ITEM_OF.format(row=row)) for row in ("new", "old"))
    handed = again.format("({0}.aspiration_id)")
    away = f"delete from {NAME} where rowid = {_KEY.format('old')};"  # noqa: S608  constants of ours
    return {
        "item_new": f"after insert on aspiration begin {_PUT} = new.id; end",
        "item_changed": f"after update of {', '.join(_WATCHED)} on aspiration when {changed} "
        f"begin {away} {_PUT} = new.id; end",
        "item_gone": f"after delete on aspiration begin {away} end",
        "reply_new": f"after insert on comment when new.parent_id is not null begin {of_new} end",
        "reply_changed": "after update of text, versions, parent_id on comment "
        "when old.text is not new.text or old.versions is not new.versions or old.parent_id is not new.parent_id "
        f"begin {of_old} {of_new} end",
        "reply_gone": f"after delete on comment when old.parent_id is not null begin {of_old} end",
        "handed_new": f"after insert on handover begin {handed.format('new')} end",
        "handed_changed": f"after update of agency, reference on handover begin {handed.format('new')} end",
        "handed_gone": f"after delete on handover begin {handed.format('old')} end",
    }


_PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
_UNSEEN = r"[\u0300-\u036f\u064b-\u065f\u00ad\u200b-\u200f\u2060\ufeff]"
#: "id + 0": the planner would walk all comments by their number in the hope to meet those of the talk soon. One plan
#: for all: making it takes longer than what it does.
_PG_FUNCTIONS = (
    # Words as app/language/stem.words sees them: without accents and signs, styled letters as plain ones.
    f"""
create or replace function kentongan_plain(said text) returns text language sql immutable parallel safe as $$
  select translate(left(case when octet_length(said) = length(said) then said
    else regexp_replace(normalize(said, NFKD), '{_UNSEEN}', '', 'g') end, {MOST}),
    $p${_PUNCTUATION}$p$, repeat(' ', {len(_PUNCTUATION)}))
$$""",
    """
create or replace function kentongan_token(kind text, said text) returns text language sql immutable parallel safe as $$
  select '#' || kind || encode(convert_to(left(lower(trim(said)), 200), 'UTF8'), 'hex')
$$""",
    f"""
create or replace function {NAME}_put(number integer) returns void language plpgsql
set plan_cache_mode = force_generic_plan as $$
begin
  perform 1 from {NAME} where id = number for update;
  insert into {NAME} (id, organisation_id, at, words)
  select item.id, item.organisation_id, item.said_at,
    array_to_tsvector(array['#o' || item.organisation_id]
      || (case when item.village is null then array[]::text[] else array[kentongan_token('v', item.village)] end)
      || array(select kentongan_token('l', label) from json_array_elements_text(item.labels) label))
    || setweight(to_tsvector('simple', body.plain), 'A') || setweight(to_tsvector('indonesian', body.plain), 'D')
  from aspiration item, lateral (select kentongan_plain(concat_ws(' ', item.text, item.author, item.village,
    (select string_agg(label, ' ') from json_array_elements_text(item.labels) label),
    (select string_agg(agency || ' ' || reference, ' ' order by id) from handover where aspiration_id = item.id),
    (select string_agg(version ->> 'text', ' ') from comment root, json_array_elements(root.versions) version
      where root.id = item.comment_id and json_array_length(root.versions) > 1),
    (select string_agg(case when json_array_length(versions) > 1
        then (select string_agg(version ->> 'text', ' ') from json_array_elements(versions) version)
        else text end, ' ' order by id)
      from (select * from comment where parent_id = any(array_append(array(
        select id from comment where parent_id = item.comment_id), item.comment_id))
        order by id + 0 limit {REPLIES}) talk)
    )) as plain offset 0) body
  where item.id = number
  on conflict (id) do update set organisation_id = excluded.organisation_id, at = excluded.at, words = excluded.words;
end $$""",  # noqa: S608  constants of ours
    f"""
create or replace function {NAME}_changed() returns trigger language plpgsql as $$
begin
  if tg_table_name = 'aspiration' then perform {NAME}_put(new.id);
  elsif tg_table_name = 'handover' then
    if tg_op <> 'INSERT' then perform {NAME}_put(old.aspiration_id); end if;
    if tg_op <> 'DELETE' then perform {NAME}_put(new.aspiration_id); end if;
  else
    if tg_op <> 'INSERT' then perform {NAME}_put(item) from {_ITEM_OF.format(row="old")} as those (item); end if;
    if tg_op <> 'DELETE' then perform {NAME}_put(item) from {_ITEM_OF.format(row="new")} as those (item); end if;
  end if;
  return null;
end $$""",
)


def _pg_triggers() -> dict[str, str]:
    changed = " or ".join(
        # json has no "=".
        f"old.{name}::text is distinct from new.{name}::text"
        for name in _WATCHED
    )
    run = f"for each row {{0}} execute function {NAME}_changed()"
    said = " or ".join(
        f"old.{name}::text is distinct from new.{name}::text" for name in ("text", "versions", "parent_id")
    )
    return {
        "item_new": f"after insert on aspiration {run.format('')}",
        "item_changed": f"after update of {', '.join(_WATCHED)} on aspiration {run.format(f'when ({changed})')}",
        "reply_new": f"after insert on comment {run.format('when (new.parent_id is not null)')}",
        "reply_changed": f"after update of text, versions, parent_id on comment {run.format(f'when ({said})')}",
        "reply_gone": f"after delete on comment {run.format('when (old.parent_id is not null)')}",
        "handed_new": f"after insert on handover {run.format('')}",
        "handed_changed": f"after update of agency, reference on handover {run.format('')}",
        "handed_gone": f"after delete on handover {run.format('')}",
    }


def _table_of(trigger: str) -> str:
    return {"item": "aspiration", "reply": "comment", "handed": "handover"}[trigger.split("_")[0]]


def create(connection: Connection) -> None:
    """The table of the index, the triggers, and the rows of what is there already. For the migration."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(
            f"create virtual table {NAME} using fts5(scope, words, stems, columnsize=0, "
            "tokenize='unicode61 remove_diacritics 0')"
        )
    else:
        connection.exec_driver_sql(
            f"create table {NAME} (id integer primary key references aspiration (id) on delete cascade, "
            "organisation_id integer not null, at timestamptz not null, words tsvector not null)"
        )
        connection.exec_driver_sql(f"create index ix_{NAME}_newest on {NAME} (organisation_id, at, id)")
        # A short list of what is not sorted in yet: each search reads it from end to end.
        connection.exec_driver_sql(
            f"create index ix_{NAME}_words on {NAME} using gin (words) with (gin_pending_list_limit = 256)"
        )
    install(connection)
    rebuild(connection)


def drop(connection: Connection) -> None:
    """Nothing of it is left. For the migration's way back."""
    lift(connection)
    connection.exec_driver_sql(f"drop table {NAME}")
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql(f"drop function {NAME}_changed, {NAME}_put, kentongan_token, kentongan_plain")


def present(connection: Connection) -> bool:
    """Whether this database has the index."""
    return bool(connection.dialect.has_table(connection, NAME))


def missing(connection: Connection) -> list[object]:
    """What of it is not there: the table, triggers. Empty when all is well."""
    if not present(connection):
        return [("missing", NAME)]
    if connection.dialect.name == "sqlite":
        found = connection.exec_driver_sql("select name from sqlite_master where type = 'trigger'").scalars().all()
        wanted = _sqlite_triggers()
    else:
        found = connection.exec_driver_sql("select tgname from pg_trigger where not tgisinternal").scalars().all()
        wanted = _pg_triggers()
    return [("missing", f"{NAME}_{name}") for name in wanted if f"{NAME}_{name}" not in found]


def lift(connection: Connection) -> None:
    """Take the triggers off: a migration is about to change the tables."""
    if connection.dialect.name == "sqlite":
        for name in _sqlite_triggers():
            connection.exec_driver_sql(f"drop trigger if exists {NAME}_{name}")
        connection.exec_driver_sql(f"drop view if exists {NAME}_source")
        return
    for name in _pg_triggers():
        connection.exec_driver_sql(f"drop trigger if exists {NAME}_{name} on {_table_of(name)}")


def install(connection: Connection) -> None:
    """Put the triggers (back) on, as this version of the program writes them."""
    lift(connection)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(_SQLITE_SOURCE)
        triggers = _sqlite_triggers()
    else:
        for function in _PG_FUNCTIONS:
            connection.exec_driver_sql(function.replace("%", "%%"))
        triggers = _pg_triggers()
    for name, does in triggers.items():
        connection.exec_driver_sql(f"create trigger {NAME}_{name} {does}")


def rebuild(connection: Connection) -> None:
    """Index everything anew: after a restore, or when the words of items changed past the triggers."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("delete from itemsearch")
        connection.exec_driver_sql(f"{_PUT} > 0 order by key")
        return
    connection.exec_driver_sql("delete from itemsearch")
    # The plan of the first item, made while the index is empty, would read it from end to end for each later one.
    connection.exec_driver_sql("set local enable_seqscan = off")
    connection.exec_driver_sql("analyze comment, aspiration, handover")
    connection.exec_driver_sql("select count(itemsearch_put(id)) from aspiration")
    connection.exec_driver_sql("set local enable_seqscan = on")


def functions(connection: sqlite3.Connection) -> None:
    """What the triggers on SQLite call; every connection must have it."""
    for name, arguments, does in (
        ("kentongan_words", 1, lambda said: _indexed(said)[0]),
        ("kentongan_stems", 1, lambda said: _indexed(said)[1]),
        ("kentongan_scope", 3, _scope),
    ):
        connection.create_function(name, arguments, does, deterministic=True)


def token(kind: str, said: str) -> str:
    """A village ("v") or label ("l") as one token of SQLite's index, whatever is written in it."""
    return kind + said.strip().lower()[:200].encode().hex()


@lru_cache(maxsize=4)
def _indexed(said: str) -> tuple[str, str]:
    """(words as written, stems of those that are not their own stem)."""
    found = words(said[:MOST])
    return " ".join(found), " ".join(base for word in found if (base := stem(word)) != word)


def _scope(organisation_id: int, village: str | None, labels: Any) -> str:
    tokens = [f"o{organisation_id}"]
    if village:
        tokens.append(token("v", village))
    tokens += [token("l", label) for label in json.loads(labels or "[]") if isinstance(label, str)]
    return " ".join(tokens)
