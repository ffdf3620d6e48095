"""Keys and sealed secrets: changing keys, tampering, and a key file that is whole or absent."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from app.problems import Problem
from app.sealing import KEY_FILE, Sealer, make_key, sealer
from app.settings import Settings
from tests.faults.nursery import Nursery
from tests.fixtures.loop import until

SECRETS = {"token": "EAAG… é ünïcode", "b": "c"}


def test_sealed_and_opened() -> None:
    sealed = Sealer(["kunci"]).seal(SECRETS)
    assert "EAAG" not in sealed
    assert Sealer(["kunci"]).open(sealed) == SECRETS


def test_a_new_key_in_front_opens_the_old_seals_and_seals_with_the_new() -> None:
    old, both, new = Sealer(["lama"]), Sealer(["baru", "lama"]), Sealer(["baru"])
    assert both.open(old.seal(SECRETS)) == SECRETS
    assert new.open(both.seal(SECRETS)) == SECRETS
    with pytest.raises(Problem) as problem:
        new.open(old.seal(SECRETS))
    assert problem.value.code == "sealed_with_other_key"


def test_several_keys_from_the_setting(tmp_path: Path) -> None:
    old = sealer(Settings(home=tmp_path, secret_key="lama"))
    both = sealer(Settings(home=tmp_path, secret_key=" baru , lama,"))
    assert both.open(old.seal(SECRETS)) == SECRETS


@pytest.mark.parametrize("change", ["", "x", "é"])
def test_tampering_is_seen(change: str) -> None:
    keys = Sealer(["kunci"])
    sealed = keys.seal(SECRETS)
    for bad in (change, sealed[:-4] + change, sealed[:20] + ("A" if sealed[20] != "A" else "B") + sealed[21:]):
        with pytest.raises(Problem) as problem:
            keys.open(bad)
        assert problem.value.code == "sealed_with_other_key"


def test_each_use_has_its_own_key() -> None:
    keys = Sealer(["kunci"])
    assert len({keys.key_for(use) for use in ("session", "links", "password_salt")}) == 3
    assert keys.key_for("links") == Sealer(["kunci", "lama"]).key_for("links")
    assert len(keys.key_for("links")) == 32


def test_the_key_file_is_its_owners_alone_and_made_once(tmp_path: Path) -> None:
    make_key(tmp_path / "home")
    path = tmp_path / "home" / KEY_FILE
    assert path.stat().st_mode & 0o777 == 0o600
    first = path.read_text("utf-8")
    assert len(first.strip()) >= 48
    make_key(tmp_path / "home")
    assert path.read_text("utf-8") == first
    assert [each.name for each in path.parent.iterdir()] == [KEY_FILE]


def test_no_key_and_an_empty_key_are_two_things(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    with pytest.raises(Problem) as problem:
        sealer(settings)
    assert problem.value.code == "no_key"
    (tmp_path / KEY_FILE).touch()
    with pytest.raises(Problem) as problem:
        sealer(settings)
    assert problem.value.code == "key_empty", "sealing with nothing would be no seal"


def makes_the_key() -> None:
    """What each process of the next test does at the same moment."""
    home, gate = map(Path, sys.argv[1:])
    sys.stdout.write("ready ")
    sys.stdout.flush()
    until(gate.exists, 60, often_s=0.0005)
    make_key(home)
    sys.stdout.write(sealer(Settings(home=home)).key_for("same").hex())


def test_processes_that_make_the_key_at_once_agree(tmp_path: Path, nursery: Nursery) -> None:
    home = tmp_path / "home"
    gate = tmp_path / "gate"
    words = (str(home), str(gate))
    children = [nursery.bear(os.environ, "tests.app.test_sealing:makes_the_key", *words) for _ in range(3)]
    until(lambda: [child.words() for child in children] == ["ready "] * 3, 60)
    gate.touch()
    assert [child.ended() for child in children] == [0, 0, 0]
    answers = {child.words().removeprefix("ready ") for child in children}
    assert len(answers) == 1
    assert len(answers.pop()) == 64
    assert [each.name for each in home.iterdir()] == [KEY_FILE]
