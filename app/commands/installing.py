"""db, org, user, doctor: set up and look after an installation."""

from __future__ import annotations

import sys

import click

from app.commands import acting, as_option, failing_plainly, json_option, parts, show, tell
from app.models import CATEGORIES, ROLES
from app.problems import Problem


@click.group()
def db() -> None:
    """The database: upgrade, check."""


@db.command()
@failing_plainly
def upgrade() -> None:
    """Bring the database up to date; on an empty home this does all set-up, keys too."""
    from app import migrate
    from app.parts import build
    from app.sealing import make_key
    from app.settings import load

    settings = load()
    settings.home.mkdir(parents=True, exist_ok=True)
    if not settings.secret_key.strip(", "):
        make_key(settings.home)
    ready = build(settings)
    click.get_current_context().call_on_close(ready.db.close)
    migrate.upgrade(ready.db)
    tell(f"Siap: {settings.home}")


@db.command()
@failing_plainly
def check() -> None:
    """Compare the tables with what the program expects."""
    from app import migrate

    differences = migrate.differences(parts().db)
    if differences:
        for difference in differences:
            tell(str(difference))
        sys.exit(1)
    tell("Basis data cocok dengan program.")


@click.group()
def org() -> None:
    """Organisations."""


@org.command("add")
@click.argument("name")
@click.option("--category", required=True, help=", ".join(CATEGORIES))
@click.option("--region", help="Kemendagri code, e.g. 32.01.39.")
@click.option("--parent", type=int)
@click.option("--zone", help="WIB, WITA, WIT or a name such as Asia/Makassar.")
@as_option
@json_option
@failing_plainly
def org_add(
    name: str,
    category: str,
    region: str | None,
    parent: int | None,
    zone: str | None,
    as_email: str | None,
    as_json: bool,
) -> None:
    """Add an organisation."""
    from app.services import people

    ready = parts()
    by = acting(ready, as_email)
    with ready.db.write() as session:
        organisation_id = people.add_organisation(
            session, by, name=name, category=category, region_code=region, parent_id=parent, zone=zone
        )
    show({"id": organisation_id}, as_json, lambda made: f"Organisasi nomor {made['id']} dibuat.")


@org.command("notices")
@click.argument("organisation_id", type=int)
@click.option("--urls-stdin", is_flag=True, help="Read Apprise addresses from standard input; nothing clears them.")
@click.option("--test", "try_out", is_flag=True, help="Send a try-out message to each address.")
@as_option
@json_option
@failing_plainly
def org_notices(organisation_id: int, urls_stdin: bool, try_out: bool, as_email: str | None, as_json: bool) -> None:
    """Set who hears of trouble: mail, Telegram, WhatsApp gateways and more, as Apprise addresses."""
    from app import words_notices
    from app.services import notice_addresses

    ready = parts()
    if urls_stdin:
        text, by = sys.stdin.read(), acting(ready, as_email)
        with ready.db.write() as session:
            notice_addresses.store(ready, session, organisation_id, text, by)
    tried = notice_addresses.try_out(ready, organisation_id) if try_out else []
    kinds = notice_addresses.kinds(ready, organisation_id)
    rows = [{"number": one.number, "service": one.label, "sent": one.failure is None} for one in tried]
    for one in tried:
        why = "sampai" if one.failure is None else words_notices.failed(one.failure.code, one.failure.status)
        tell(f"Alamat ke-{one.number} ({one.label}): {why}.")
    document = {"id": organisation_id, "addresses": kinds, **({"tried": rows} if try_out else {})}
    show(document, as_json, lambda made: f"{len(kinds)} alamat kabar: {', '.join(kinds) or 'belum ada'}.")
    missed = sum(not row["sent"] for row in rows)
    if missed:
        raise Problem("notices_not_sent", failed=missed, count=len(rows))


@org.command("page")
@click.argument("organisation_id", type=int)
@click.option("--slug", required=True, help="Last part of the page's address, e.g. ipsm-leuwisadeng.")
@as_option
@json_option
@failing_plainly
def org_page(organisation_id: int, slug: str, as_email: str | None, as_json: bool) -> None:
    """Open the organisation's own page, or give it another address; the old one leads to it."""
    from app.services import own_page, slugs

    ready = parts()
    account_id = own_page.open_page(ready, organisation_id, slug, acting(ready, as_email))
    path = f"/o/{slugs.slug_of(slug)}"
    document = {"id": organisation_id, "account_id": account_id, "address": ready.settings.public_url + path}
    show(document, as_json, lambda made: f"Halaman umum: {made['address']}")


@click.group()
def user() -> None:
    """People who sign in."""


@user.command("add")
@click.argument("email")
@click.option("--name", default="")
@click.option("--role", required=True, help=", ".join(ROLES))
@click.option("--org", "organisation_id", type=int, required=True)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@as_option
@json_option
@failing_plainly
def user_add(
    email: str, name: str, role: str, organisation_id: int, password_stdin: bool, as_email: str | None, as_json: bool
) -> None:
    """Add a person, or give a known one a role in one more organisation."""
    from app.services import people

    ready = parts()
    by = acting(ready, as_email)
    password = _line(sys.stdin.read()) if password_stdin else None
    with ready.db.write() as session:
        person_id = people.add_person(
            session, by, email=email, name=name, role=role, organisation_id=organisation_id, password=password
        )
    show({"id": person_id}, as_json, lambda made: f"Pengguna nomor {made['id']} siap.")


@click.command()
@json_option
@failing_plainly
def doctor(as_json: bool) -> None:
    """Say what is well and what is not; exit 1 when something is not."""
    from app.queries import doctor as examination
    from app.settings import load

    findings = examination.examine(load())
    well = all(finding.ok for finding in findings)
    if as_json:
        rows = [{"name": each.name, "ok": each.ok, "words": each.words} for each in findings]
        show({"ok": well, "checks": rows}, True)
    else:
        for each in findings:
            click.echo(f"{'baik ' if each.ok else 'PERLU'}  {each.words}")
    sys.exit(0 if well else 1)


def _line(text: str) -> str:
    """A secret from standard input: `echo` ends it with a newline that is not part of it."""
    if "\x00" in text:
        raise Problem("password_needed", field="password")
    return text.rstrip("\r\n")
