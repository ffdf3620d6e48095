"""account: connect accounts on platforms, ask whether they work."""

from __future__ import annotations

import sys

import click

from app.commands import acting, as_option, failing_plainly, json_option, parts, show, tell
from app.models import Account
from app.problems import Problem


@click.group()
def account() -> None:
    """Accounts on Facebook and Instagram."""


@account.command("add")
@click.argument("connector")
@click.option("--org", "organisation_id", type=int, required=True)
@click.option("--remote-id", required=True, help="The number of the Page or Instagram account.")
@click.option("--name", required=True)
@click.option("--setting", "settings", multiple=True, metavar="K=V")
@click.option("--token-stdin", is_flag=True, help="Read the access token from standard input.")
@as_option
@json_option
@failing_plainly
def add(
    connector: str,
    organisation_id: int,
    remote_id: str,
    name: str,
    settings: tuple[str, ...],
    token_stdin: bool,
    as_email: str | None,
    as_json: bool,
) -> None:
    """Connect an account; the platform is asked whether the token opens it."""
    from app import words
    from app.services import accounts

    pairs = dict(_pair(text) for text in settings)
    ready = parts()
    account_id = accounts.add(
        ready,
        connector=connector,
        organisation_id=organisation_id,
        remote_id=remote_id,
        name=name,
        secrets_text=sys.stdin.read().strip() if token_stdin else "",
        settings=pairs,
        by=acting(ready, as_email),
    )
    with ready.db.read() as session:
        found = session.get(Account, account_id)
        assert found is not None
        if found.reason_code:
            tell(words.sentence(found.reason_code, found.reason_facts))
        show({"id": account_id, "health": found.health}, as_json, lambda made: f"Akun nomor {made['id']} tersambung.")


@account.command("check")
@click.argument("account_id", type=int)
@click.option("--token-stdin", is_flag=True, help="Connect again with a new token from standard input.")
@as_option
@json_option
@failing_plainly
def check(account_id: int, token_stdin: bool, as_email: str | None, as_json: bool) -> None:
    """Ask the platform whether the account works; when it does again, held posts go on."""
    from app import words
    from app.services import accounts

    ready = parts()
    token = sys.stdin.read().strip() if token_stdin else None
    accounts.check(ready, account_id, acting(ready, as_email), secrets_text=token)
    with ready.db.read() as session:
        found = session.get(Account, account_id)
        assert found is not None
        reason = words.sentence(found.reason_code, found.reason_facts) if found.reason_code else None
        document = {"id": account_id, "health": found.health, "reason": reason}
    show(document, as_json, lambda made: words.HEALTH[made["health"]] + (f": {reason}" if reason else "."))
    if document["health"] == "broken":
        tell(reason or words.sentence("account_broken"))
        sys.exit(1)


@account.command("practice")
@click.option("--org", "organisation_id", type=int, required=True)
@as_option
@json_option
@failing_plainly
def practice(organisation_id: int, as_email: str | None, as_json: bool) -> None:
    """Make a Page and an Instagram account on the practice platform, for learning; `serve` keeps it running."""
    from app.services import practising

    ready = parts()
    made = practising.begin(ready, organisation_id, acting(ready, as_email))
    show({"ids": made}, as_json, lambda found: f"Akun latihan siap: {found['ids'][0]} dan {found['ids'][1]}.")


@account.command("drill")
@click.argument("account_id", type=int)
@as_option
@json_option
@failing_plainly
def drill(account_id: int, as_email: str | None, as_json: bool) -> None:
    """Try on this Page whether a prepared post can be made public by one call; a short test post is seen meanwhile."""
    from app.services import drilling

    ready = parts()
    result = drilling.drill(ready, account_id, acting(ready, as_email))
    show({"id": account_id, "flip": result}, as_json, lambda made: f"Hasil uji: {made['flip']}.")
    if result != "ok":
        raise Problem("drill_failed", result=result)


def _pair(text: str) -> tuple[str, str]:
    key, sign, value = text.partition("=")
    if not sign or not key.strip():
        raise Problem("bad_setting", field="setting", text=text)
    return key.strip(), value.strip()
