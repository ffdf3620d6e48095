"""What all forms share: typed text trimmed of nothing but its ends, a service's refusal put where it belongs."""

from __future__ import annotations

from typing import Any

from flask import request
from wtforms import Form

from app.problems import Problem


class PageForm(Form):  # type: ignore[misc]  # WTForms ships no types
    """A form of a page. The CSRF token is checked for every POST of the app (app/security.py), not per form."""

    @classmethod
    def sent(cls, **defaults: Any) -> Any:
        """The form as posted, or with its defaults when the page is only looked at."""
        if request.method == "POST":
            return cls(request.form, **defaults)
        return cls(**defaults)

    def posted(self) -> bool:
        """Take what was posted, for a form that was first given its choices; False when it is only looked at."""
        if request.method == "POST":
            self.process(request.form)
        return bool(request.method == "POST")

    def blame(self, problem: Problem, sentence: str) -> None:
        """Show a service's refusal at its field; on top of the form when it names none of ours."""
        if problem.field and problem.field in self._fields:
            field = self._fields[problem.field]
            field.errors = [*field.errors, sentence]
        else:
            self.form_errors.append(sentence)

    @property
    def field_errors(self) -> dict[str, list[str]]:
        """Sentences by field, in the order of the page."""
        return {name: list(field.errors) for name, field in self._fields.items() if field.errors}


def strip(value: str | None) -> str | None:
    """For StringField(filters=[strip])."""
    return value.strip() if value else value
