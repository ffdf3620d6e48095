"""Platforms. ``load()`` scans this folder: a file with a Connector subclass is a connector, nothing is registered."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from connectors._base import Connector, Save
from connectors._errors import Busy, ConnectorError, Gone, Refused, SignInAgain, Unsupported, Unsure
from connectors._http import date_of
from connectors._types import (
    METRICS,
    Ability,
    AccountFacts,
    Counts,
    Credentials,
    Discovered,
    Item,
    Limits,
    PhotoFile,
    Published,
    RemoteComment,
    RemotePost,
    Staged,
    Usage,
    Wire,
)

__all__ = [
    "METRICS",
    "Ability",
    "AccountFacts",
    "Busy",
    "Connector",
    "ConnectorError",
    "Counts",
    "Credentials",
    "Discovered",
    "Gone",
    "Item",
    "Limits",
    "PhotoFile",
    "Published",
    "Refused",
    "RemoteComment",
    "RemotePost",
    "Save",
    "SignInAgain",
    "Staged",
    "Unsupported",
    "Unsure",
    "Usage",
    "Wire",
    "date_of",
    "load",
]


@cache
def load() -> dict[str, type[Connector]]:
    """Every connector in this folder by name. Heavy libraries are imported by a connector only when it is used."""
    found: dict[str, type[Connector]] = {}
    for module in pkgutil.iter_modules(__path__):
        if module.name.startswith("_") or module.ispkg:
            continue
        loaded = importlib.import_module(f"connectors.{module.name}")
        for value in vars(loaded).values():
            if (
                isinstance(value, type)
                and issubclass(value, Connector)
                and value.__module__ == loaded.__name__
                and hasattr(value, "name")
            ):
                found[value.name] = value
    return found
