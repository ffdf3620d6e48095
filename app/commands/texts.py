"""text: what the words themselves tell. Needs no database and no set-up."""

from __future__ import annotations

import sys

import click

from app.commands import failing_plainly, json_option, show


@click.group()
def text() -> None:
    """Checks of a text."""


@text.command("check")
@json_option
@failing_plainly
def check(as_json: bool) -> None:
    """Find personal data in a text: all of standard input is one text, in UTF-8.

    Offsets count characters of the text as it came, line ends and a byte order mark included. Findings are no failure:
    exit 0. A text that is not UTF-8 is one: offsets would not fit what others read in it.
    """
    from app import words_personal
    from app.language import findings

    said = sys.stdin.buffer.read().decode("utf-8")
    found = [finding._asdict() for finding in findings.find(said)]
    show({"findings": found}, as_json, lambda document: words_personal.told(document["findings"]))
