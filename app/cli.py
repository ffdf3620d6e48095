"""``kentongan``: the command line, a stable contract (design.md section 13).

A command's module is imported when its word is typed, and what that needs when it runs, so that each answers at once.
"""

from __future__ import annotations

from importlib import import_module

import click

#: Word → where it is, in the order of `--help`.
COMMANDS = {
    "demo": "running",
    "serve": "running",
    "worker": "running",
    "doctor": "installing",
    "db": "installing",
    "org": "regions",
    "region": "regions",
    "user": "installing",
    "account": "accounts",
    "post": "posts",
    "delivery": "posts",
    "inbox": "inbox_acts",
    "engagement": "inboxes",
    "award": "award_jury",
    "watch": "watches",
    "sheet": "watches",
    "text": "texts",
    "report": "reports",
}


class Words(click.Group):
    """A group whose commands are not there before they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every word, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a word, None where there is none."""
        if cmd_name not in COMMANDS:
            return None
        found = getattr(import_module(f"app.commands.{COMMANDS[cmd_name]}"), cmd_name)
        assert isinstance(found, click.Command)
        return found


@click.group(cls=Words, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Kentongan: posts out on time, residents' voices back in one inbox, engagement counted fairly."""


if __name__ == "__main__":
    main()
