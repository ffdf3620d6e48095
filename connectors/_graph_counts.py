"""Engagement over the Graph API: many metrics in one call while that works, one by one where it does not.

One dead metric fails the whole call (Meta, Insights reference: "The value must be a valid insights metric"), and one
unknown field does the same. Those that the caller knows for dead are not asked for; new ones are told to it.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors._errors import Refused, SignInAgain
from connectors._graph import Answer, Graph, field_refused


@dataclass
class Figures:
    """What was read: metric values by the platform's names, the names it refused, and the rows as they came.

    dead: of the refused ones those that it said just now it does not know.
    """

    values: dict[str, int | None] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    raw: dict[str, Any] = field(default_factory=dict)
    dead: list[str] = field(default_factory=list)


def insights(graph: Graph, node: str, metrics: Sequence[str], dead: Container[str] = ()) -> Figures:
    """Insight values of a post. Missing data is None, never 0. Raises Busy, SignInAgain (dead token), Gone.

    dead: names that are not asked for.
    """
    figures = Figures(values=dict.fromkeys(metrics), refused=[name for name in metrics if name in dead])
    asked = [name for name in metrics if name not in figures.refused]
    if not asked:
        return figures
    try:
        _take(figures, graph.get(node, "insights", {"metric": ",".join(asked)}))
        return figures
    except (Refused, SignInAgain) as error:
        if not field_refused(error):
            raise
        if len(asked) == 1:
            _refuse(figures, asked[0], error)
            return figures
    for name in asked:
        try:
            _take(figures, graph.get(node, "insights", {"metric": name}))
        except (Refused, SignInAgain) as error:
            if not field_refused(error):
                raise
            _refuse(figures, name, error)
    return figures


@dataclass
class Fields:
    """What was read of a node: the merged answer; names (first spelling, up to the first dot) that were refused in
    every spelling or not asked for; dead: those the platform said just now it does not know."""

    answer: Answer = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    dead: list[str] = field(default_factory=list)


def fields(graph: Graph, node: str, wanted: Sequence[tuple[str, ...]], dead: Container[str] = ()) -> Fields:
    """Fields of a node at once, after a refusal each alone. Each is given with its simpler spellings.

    dead: names that are not asked for.
    """
    living = [spellings for spellings in wanted if _name(spellings) not in dead]
    found = Fields(refused=[_name(spellings) for spellings in wanted if _name(spellings) in dead])
    try:
        # With nothing left to ask, the id still tells whether the node is there.
        found.answer = graph.read(node, ",".join(spellings[0] for spellings in living) or "id")
        return found
    except (Refused, SignInAgain) as error:
        if not field_refused(error):
            raise
    for spellings in living:
        if (unknown := _one_by_one(graph, node, spellings, found.answer)) is not None:
            found.refused.append(_name(spellings))
            found.dead += [_name(spellings)] if unknown else []
    return found


def _name(spellings: tuple[str, ...]) -> str:
    return spellings[0].split(".")[0]


def _one_by_one(graph: Graph, node: str, spellings: tuple[str, ...], merged: Answer) -> bool | None:
    """Read by the first spelling that is not refused; None then, else whether all were unknown to the platform."""
    unknown = True
    for spelling in spellings:
        try:
            merged.update(graph.read(node, spelling))
            return None
        except (Refused, SignInAgain) as error:
            if not field_refused(error):
                raise
            unknown = unknown and _unknown(error, "nonexisting field")
    return unknown


def total(answer: Answer, name: str) -> int | None:
    """``summary.total_count`` of an edge asked for with a summary, None when it did not come."""
    edge = answer.get(name)
    summary = edge.get("summary") if isinstance(edge, dict) else None
    return _count(summary.get("total_count")) if isinstance(summary, dict) else None


def _refuse(figures: Figures, name: str, error: Refused | SignInAgain) -> None:
    figures.refused.append(name)
    if _unknown(error, "metric"):
        figures.dead.append(name)


def _unknown(error: Refused | SignInAgain, word: str) -> bool:
    """Only what is unknown stays so; a missing permission or an object without data may change any time."""
    return isinstance(error, Refused) and word in str(error.facts.get("message", "")).lower()


def _take(figures: Figures, answer: Answer) -> None:
    rows = answer.get("data")
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and row.get("name") in figures.values:
            figures.values[row["name"]] = _value(row)
            figures.raw[row["name"]] = row


def _value(row: Answer) -> int | None:
    """``total_value.value`` or ``values[0].value``; an object of parts (by type) is their sum."""
    sources: list[Any] = [row.get("total_value")]
    values = row.get("values")
    if isinstance(values, list) and values:
        sources.append(values[-1])
    for source in sources:
        value = source.get("value") if isinstance(source, dict) else None
        if isinstance(value, dict):
            parts = [_count(part) for part in value.values()]
            return sum(part for part in parts if part is not None) if parts else None
        if _count(value) is not None:
            return _count(value)
    return None


def _count(value: Any) -> int | None:
    return int(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
