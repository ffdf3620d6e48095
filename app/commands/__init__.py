"""What all commands share: the parts, who acts, JSON on stdout, one plain sentence on failure."""

from __future__ import annotations

import functools
import json
import os
import sys
from collections.abc import Callable
from typing import Any

import click
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from app import words
from app.parts import Parts, build
from app.problems import Problem, Stale
from app.settings import PREFIX, load
from app.states import Actor
from media.problems import PhotoProblem

json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
as_option = click.option("--as", "as_email", metavar="EMAIL", help="The person this is done for, in the history.")


def parts() -> Parts:
    """The parts of this installation; Problem when it was not set up. Closed when the command ends."""
    from app import migrate

    ready = build(load())
    click.get_current_context().call_on_close(ready.db.close)
    if migrate.behind(ready.db):
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
        except (Problem, PhotoProblem, Stale, SQLAlchemyError, OSError, UnicodeError, OverflowError) as error:
            _fail(_sentence(error))
        except Exception as error:
            # Whoever is asked for help starts with KENTONGAN_TRACE=1.
            if os.environ.get(f"{PREFIX}TRACE"):
                raise
            _fail(words.sentence("internal_error", {"name": f"{type(error).__name__}: {error}"}))

    return wrapped


def _sentence(error: Exception) -> str:
    """What an error that a command may meet says to whoever typed it."""
    if isinstance(error, Problem):
        return words.sentence(error.code, error.facts)
    if isinstance(error, PhotoProblem):
        return words.photo(error.code, error.facts)
    if isinstance(error, Stale | IntegrityError):
        return words.sentence("stale")
    if isinstance(error, UnicodeError | OverflowError | DataError):
        return words.sentence("unstorable")
    if isinstance(error, SQLAlchemyError):
        reason = str(getattr(error, "orig", None) or error).strip() or type(error).__name__
        return words.sentence("database_down", {"reason": reason.splitlines()[0]})
    return words.sentence("home_unusable", {"reason": str(error)})


def _fail(sentence: str) -> None:
    tell(" ".join(sentence.split()))
    sys.exit(1)
