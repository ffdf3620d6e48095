"""The parts of one process, wired once: settings, database, keys, photo store."""

from __future__ import annotations

from dataclasses import dataclass

from app.db import Database
from app.sealing import Sealer, sealer
from app.settings import Settings
from media.storage import Store


@dataclass(frozen=True)
class Parts:
    """Handed to services that need more than a session."""

    settings: Settings
    db: Database
    sealer: Sealer
    store: Store


def build(settings: Settings) -> Parts:
    """Open what this installation has; Problem("no_key") before the first `kentongan db upgrade`."""
    keys = sealer(settings)
    return Parts(settings, Database(settings.database), keys, Store(settings.home / "photos"))
