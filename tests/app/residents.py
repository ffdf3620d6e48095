"""What residents and readings leave behind, written straight into the tables: for the tests of inbox and statistics."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlmodel import select

import app.models as models
from app import clock
from tests.fixtures.web import Web


def account(web: Web, connector: str = "facebook", organisation: str = "kecamatan", **values: Any) -> int:
    """An account of an organisation."""
    home = web.organisations[organisation]
    row = models.Account(
        **{"organisation_id": home, "connector": connector, "remote_id": f"{connector}-{home}",
           "name": "IPSM Leuwisadeng", "health": "connected", **values}
    )  # fmt: skip
    return _add(web, row)


def public_post(web: Web, account_id: int, caption: str = "Lomba ramah difabel", at: datetime | None = None, *,
                post_id: int | None = None, organisation: str = "kecamatan") -> tuple[int, int]:  # fmt: skip
    """(post, delivery) that are public since ``at`` (default: three hours ago)."""
    at = at or clock.now() - timedelta(hours=3)
    home = web.organisations[organisation]
    post_id = post_id or _add(web, models.Post(organisation_id=home, caption=caption, state="published", due_at=at))
    delivery = models.Delivery(
        post_id=post_id, account_id=account_id, state="published", due_at=at, published_at=at,
        remote_id=f"{account_id}_{post_id}",
    )  # fmt: skip
    return post_id, _add(web, delivery)


def comment(web: Web, delivery_id: int, text: str, **values: Any) -> int:
    """A comment as collected. own, parent_id, deleted_at ... as the table has them."""
    with web.parts.db.read() as session:
        delivery = session.get(models.Delivery, delivery_id)
        assert delivery is not None
        account_id = delivery.account_id
    said_at = values.pop("said_at", clock.now() - timedelta(hours=2))
    row = models.Comment(
        **{"account_id": account_id, "delivery_id": delivery_id, "remote_id": f"k{id(values)}{clock.now().timestamp()}",
           "author_name": "Yanti S.", "text": text, "versions": [{"text": text}], "said_at": said_at, **values}
    )  # fmt: skip
    return _add(web, row)


def item(web: Web, delivery_id: int, text: str, *, organisation: str = "kecamatan", comments: Any = None,
         **values: Any) -> int:  # fmt: skip
    """An inbox item with its comment."""
    said_at = values.get("said_at", clock.now() - timedelta(hours=2))
    author = values.get("author", "Yanti S.")
    comment_id = comment(web, delivery_id, text, author_name=author, said_at=said_at, **(comments or {}))
    row = models.Aspiration(
        **{"organisation_id": web.organisations[organisation], "comment_id": comment_id, "source": "facebook",
           "kind": "keluhan", "author": author, "text": text, "said_at": said_at,
           "deadline": said_at + timedelta(days=1), **values}
    )  # fmt: skip
    return _add(web, row)


def reading(web: Web, delivery_id: int | None, account_id: int, at: datetime | None = None, **metrics: Any) -> int:
    """A reading; what is not given is NULL."""
    row = models.Reading(account_id=account_id, delivery_id=delivery_id, read_at=at or clock.now(), **metrics)
    return _add(web, row)


def rows(web: Web, table: Any, **values: Any) -> list[Any]:
    """Rows of a table with these values, oldest first."""
    with web.parts.db.read() as session:
        query = select(table).order_by(table.id)
        for name, value in values.items():
            query = query.where(getattr(table, name) == value)
        return list(session.exec(query))


def page(client: FlaskClient, address: str, status: int = 200) -> BeautifulSoup:
    """What a browser is shown at this address."""
    answer = client.get(address)
    assert answer.status_code == status, answer.get_data(as_text=True)[:2000]
    return BeautifulSoup(answer.get_data(as_text=True), "html.parser")


def hidden(soup: BeautifulSoup, name: str) -> str:
    """The value of a hidden field."""
    found = soup.select_one(f'input[name="{name}"]')
    assert found is not None, name
    return str(found.get("value", ""))


def _add(web: Web, row: Any) -> int:
    with web.parts.db.write() as session:
        session.add(row)
        session.flush()
        return int(row.id)
