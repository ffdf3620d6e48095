"""Pages. A file here with a blueprint named ``bp`` is a page; nothing is registered by hand."""

from __future__ import annotations

import importlib
import pkgutil

from flask import Blueprint


def load() -> list[Blueprint]:
    """The blueprint of every page in this folder."""
    found = []
    for module in pkgutil.iter_modules(__path__):
        blueprint = getattr(importlib.import_module(f"app.views.{module.name}"), "bp", None)
        if isinstance(blueprint, Blueprint):
            found.append(blueprint)
    return found
