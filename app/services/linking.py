"""Where a public post is to be seen. Cosmetic: asked for after the result is written, so that no post waits for it.

The publisher asks when it is at rest; what was not answered then is asked again whenever comments are collected.
"""

from __future__ import annotations

import logging

from sqlalchemy import update
from sqlmodel import col

from app.models import Account, Delivery
from app.parts import Parts
from app.problems import Problem
from app.services import accounts, budgets
from connectors import Connector, ConnectorError

log = logging.getLogger(__name__)


def link(parts: Parts, delivery_id: int) -> None:
    """Ask for the address of one public post and keep it; what goes wrong is only logged."""
    with parts.db.read() as session:
        delivery = session.get(Delivery, delivery_id)
        account = session.get(Account, delivery.account_id) if delivery else None
    if delivery is None or account is None or not wanted(delivery) or account.health == "broken":
        return
    if budgets.until(parts.db, account) is not None:
        return
    try:
        accounts.with_connector(
            parts, accounts.opened(parts, account), lambda connector: fill(parts, delivery, connector)
        )
    except Problem as error:
        log.info("address of delivery %s: %s", delivery_id, error)


def wanted(delivery: Delivery) -> bool:
    """Whether it is public and nobody knows where."""
    return delivery.state == "published" and delivery.remote_id is not None and delivery.permalink is None


def fill(parts: Parts, delivery: Delivery, connector: Connector) -> None:
    """Ask an open connector and keep the answer; without one nothing else suffers."""
    assert delivery.remote_id is not None
    try:
        address = connector.permalink(delivery.remote_id)
    except ConnectorError as error:
        log.info("address of delivery %s: %s", delivery.id, error)
        return
    if address is None:
        return
    with parts.db.write() as session:
        session.exec(
            update(Delivery)
            .where(
                col(Delivery.id) == delivery.id,
                col(Delivery.remote_id) == delivery.remote_id,
                col(Delivery.permalink).is_(None),
            )
            .values(permalink=address)
        )
