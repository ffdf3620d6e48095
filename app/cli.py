"""``kentongan``: the command line, a stable contract (design.md section 13).

Each command imports what it needs when it runs, so that `--help` and a mistyped word answer at once.
"""

from __future__ import annotations

import click

from app.commands import (
    accounts,
    award_jury,
    inbox_acts,
    inboxes,
    installing,
    posts,
    regions,
    reports,
    running,
    texts,
    watches,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Kentongan: posts out on time, residents' voices back in one inbox, engagement counted fairly."""


for command in (
    running.demo,
    running.serve,
    running.worker,
    installing.doctor,
    installing.db,
    regions.org,
    regions.region,
    installing.user,
    accounts.account,
    posts.post,
    posts.delivery,
    inbox_acts.inbox,
    inboxes.engagement,
    award_jury.award,
    watches.watch,
    watches.sheet,
    texts.text,
    reports.report,
):
    main.add_command(command)


if __name__ == "__main__":
    main()
