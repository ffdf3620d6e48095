"""The store: whole or absent, found by hash alone, no way out of its folder."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from media import Sizes, Store

DATA = b"\xff\xd8 a photo"
SHA = hashlib.sha256(DATA).hexdigest()
KEY = "0123456789abcdef"


def test_put_by_bytes_and_by_path(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "given.jpg"
    file.write_bytes(DATA)
    assert not store.has(SHA)
    assert store.put(DATA) == store.put(file) == SHA
    assert file.exists()
    assert store.path(SHA) == store.root / SHA[:2] / f"{SHA[2:]}.jpg"
    assert store.path(SHA).read_bytes() == DATA
    assert (store.has(SHA), store.size(SHA), list(store.masters())) == (True, len(DATA), [SHA])
    assert store.path(SHA).stat().st_mode & 0o777 == 0o600


def test_a_file_that_lost_its_blocks_is_replaced(store: Store) -> None:
    store.put(DATA)
    store.path(SHA).write_bytes(b"")
    store.put(DATA)
    assert store.path(SHA).read_bytes() == DATA


@pytest.mark.parametrize(
    "name", ["", "..", "../../etc/passwd", SHA.upper(), SHA[:-1], SHA + "\n", f"{SHA}/x", "é" * 64]
)
def test_only_hashes_are_names(store: Store, name: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        store.path(name)
    assert store.find(name) is None
    with pytest.raises(ValueError):
        store.rendition_path(f"{name}-{KEY}")


@pytest.mark.parametrize("key", ["", "../../../../x", KEY.upper(), KEY + "\n", KEY + "-" + KEY])
def test_only_keys_are_renditions(store: Store, key: str) -> None:
    with pytest.raises(ValueError):
        store.rendition_path(f"{SHA}-{key}")
    assert store.find(f"{SHA}-{key}") is None


def test_delete_takes_the_renditions_along(store: Store) -> None:
    store.put(DATA)
    other = store.put(b"other")
    with store.workroom() as room:
        (room / "r").write_bytes(b"12345")
        made = store.adopt_rendition(room / "r", f"{SHA}-{KEY}")
    assert store.find(f"{SHA}-{KEY}") == made
    assert store.sizes() == Sizes(2, 1, len(DATA) + 5 + 5)
    assert store.delete(SHA) is True
    assert store.delete(SHA) is False
    assert store.find(f"{SHA}-{KEY}") is None
    assert list(store.masters()) == [other]


def test_sweep_removes_only_old_work(store: Store) -> None:
    with store.workroom() as fresh:
        old = fresh.parent / "tmpold"
        (old / "deep").mkdir(parents=True)
        os.utime(old, (1, 1))
        assert store.sweep() == 1
        assert fresh.is_dir()
        assert not old.exists()
    assert Store(store.root / "nowhere").sweep() == 0
    assert Store(store.root / "nowhere").sizes() == Sizes(0, 0, 0)
