"""What all commands share: the parts, who acts, JSON on stdout, one plain sentence on failure."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable
from typing import Any

import click
from sqlalchemy.exc import OperationalError

from app import words
from app.parts import Parts, build
from app.problems import Problem, Stale
from app.settings import load
from app.states import Actor
from media.problems import PhotoProblem

json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
as_option = click.option("--as", "as_email", metavar="EMAIL", help="The person this is done for, in the history.")


def parts() -> Parts:
    """The parts of this installation; Problem when it was not set up."""
    from app import migrate

    ready = build(load())
    try:
        behind = migrate.behind(ready.db)
    except OperationalError as error:
        raise Problem("database_down", reason=_reason(error)) from None
    if behind:
        raise Problem("database_behind")
    return ready


def acting(ready: Parts, email: str | None) -> Actor:
    """Who acts: the operator at the terminal, or the person named by --as."""
    if not email:
        return Actor("pengelola")
    from app.services import people

    with ready.db.read() as session:
        person = people.person_by_email(session, email)
        return Actor(person.name, person.id)


def show(document: Any, as_json: bool, plain: Callable[[Any], str] | None = None) -> None:
    """Print a result: JSON when asked for, otherwise a line for people."""
    if as_json or plain is None:
        click.echo(json.dumps(document, ensure_ascii=False, indent=None if as_json else 2))
    else:
        click.echo(plain(document))


def tell(sentence: str) -> None:
    """A message that is no result: stderr, so that stdout stays clean."""
    click.echo(sentence, err=True)


def failing_plainly(command: Callable[..., Any]) -> Callable[..., Any]:
    """Turn what can go wrong into one sentence on stderr and exit code 1."""

    @functools.wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except (Problem, PhotoProblem) as problem:
            _fail(words.sentence(problem.code, problem.facts))
        except Stale:
            _fail(words.sentence("stale"))
        except OperationalError as error:
            _fail(words.sentence("database_down", {"reason": _reason(error)}))

    return wrapped


def _fail(sentence: str) -> None:
    tell(" ".join(sentence.split()))
    sys.exit(1)


def _reason(error: OperationalError) -> str:
    return str(error.orig or error).splitlines()[0]
