"""Engagement over the Graph API: many metrics in one call while that works, one by one where it does not.

One dead metric fails the whole call (Meta, Insights reference: "The value must be a valid insights metric"). A dead
one is remembered for the life of the process, so that each post does not pay for it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors._errors import Refused, SignInAgain
from connectors._graph import Answer, Graph, field_refused

#: (server and version, metric) that the platform said it does not know.
_dead: set[tuple[str, str]] = set()


@dataclass
class Figures:
    """What was read: metric values by the platform's names, the names it refused, and the rows as they came."""

    values: dict[str, int | None] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    raw: dict[str, Any] = field(default_factory=dict)


def insights(graph: Graph, node: str, metrics: Sequence[str]) -> Figures:
    """Insight values of a post. Missing data is None, never 0. Raises Busy, SignInAgain (dead token), Gone."""
    server = repr(graph)
    figures = Figures(values=dict.fromkeys(metrics), refused=[name for name in metrics if (server, name) in _dead])
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
            _refuse(figures, server, asked[0], error)
            return figures
    for name in asked:
        try:
            _take(figures, graph.get(node, "insights", {"metric": name}))
        except (Refused, SignInAgain) as error:
            if not field_refused(error):
                raise
            _refuse(figures, server, name, error)
    return figures


def fields(graph: Graph, node: str, wanted: Sequence[tuple[str, ...]]) -> tuple[Answer, list[str]]:
    """Fields of a node at once, after a refusal each alone. Each is given with its simpler spellings.

    Returns the merged answer and the names (first spelling, up to the first dot) that were refused in every spelling.
    """
    try:
        return graph.read(node, ",".join(spellings[0] for spellings in wanted)), []
    except (Refused, SignInAgain) as error:
        if not field_refused(error):
            raise
    merged: Answer = {}
    refused: list[str] = []
    for spellings in wanted:
        for spelling in spellings:
            try:
                merged.update(graph.read(node, spelling))
                break
            except (Refused, SignInAgain) as error:
                if not field_refused(error):
                    raise
        else:
            refused.append(spellings[0].split(".")[0])
    return merged, refused


def total(answer: Answer, name: str) -> int | None:
    """``summary.total_count`` of an edge asked for with a summary, None when it did not come."""
    edge = answer.get(name)
    summary = edge.get("summary") if isinstance(edge, dict) else None
    return _count(summary.get("total_count")) if isinstance(summary, dict) else None


def _refuse(figures: Figures, server: str, name: str, error: Refused | SignInAgain) -> None:
    figures.refused.append(name)
    # Only a metric that is unknown stays so; a missing permission or an object without data may change any time.
    if isinstance(error, Refused) and "metric" in str(error.facts.get("message", "")).lower():
        _dead.add((server, name))


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
