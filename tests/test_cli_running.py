"""The true console script, the processes it starts, and what it says of settings and homes that cannot be used."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from app import cli
from app.settings import PREFIX
from tests.faults.nursery import Nursery
from tests.fixtures.line import Line

SCRIPT = str(Path(sys.executable).with_name("kentongan"))


def _script(*words: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The true console script with nothing set but what is given."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(PREFIX)}
    return subprocess.run(
        [SCRIPT, *words], cwd=folder, env={**clean, **environment}, capture_output=True, text=True, timeout=60
    )


def test_nothing_set_in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "kosong"
    folder.mkdir()
    first = _script("post", "list", "--json", folder=folder)
    assert (first.returncode, first.stdout) == (1, "")
    assert "db upgrade" in first.stderr
    assert len(first.stderr.splitlines()) == 1
    monkeypatch.chdir(folder)
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)
    assert CliRunner().invoke(cli.main, ["doctor"]).exit_code == 1
    assert list(folder.iterdir()) == [], "asking makes nothing"
    made = _script("db", "upgrade", folder=folder)
    assert (made.returncode, made.stdout) == (0, "")
    assert {path.name for path in folder.iterdir()} == {"data"}
    second = _script("post", "list", "--json", folder=folder)
    assert (second.returncode, second.stdout, second.stderr) == (0, "[]\n", "")


def test_doctor_says_what_is_missing(line: Line) -> None:
    result = line.run("doctor", "--json")
    assert result.exit_code == 1
    document = json.loads(result.stdout)
    assert document["ok"] is False
    states = {check["name"]: check["ok"] for check in document["checks"]}
    assert states == {
        "home": True,
        "database": True,
        "worker": False,
        "clock": True,
        "accounts": True,
        "notices": True,
        "public_url": True,
    }
    assert all(check["words"].endswith((".", "`.")) for check in document["checks"])


def test_worker_until_idle_ends(line: Line) -> None:
    result = _script("worker", "--until-idle", folder=line.home, KENTONGAN_HOME=str(line.home))
    assert (result.returncode, result.stdout) == (0, "")
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("words", [["serve", "--no-jobs", "--port", "0"], ["worker", "--until-idle"]])
def test_a_demo_home_is_for_the_demo_only(line: Line, words: list[str]) -> None:
    from app.demo import MARK

    (line.home / MARK).touch()
    line.refused(*words, says="peragaan")


def test_demo_refuses_a_home_that_holds_something(line: Line) -> None:
    before = sorted(path.name for path in line.home.iterdir())
    line.refused("demo", "--port", "0", says="sungguhan")
    assert sorted(path.name for path in line.home.iterdir()) == before


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("LEASE_S", "10", "KENTONGAN_LEASE_S"),
        ("IDLE_S", "sebentar", "KENTONGAN_IDLE_S"),
        ("GRAPH_URL", "graph", "KENTONGAN_GRAPH_URL"),
        ("DATABASE_URL", "mysql://a/b", "KENTONGAN_DATABASE_URL"),
        ("DATABASE_URL", "postgresql://u@/n?host=/nonexistent", "Basis data"),
        ("SECRET_KEY_FILE", "/nonexistent", "KENTONGAN_SECRET_KEY_FILE"),
    ],
)
@pytest.mark.parametrize("words", [["post", "list"], ["doctor"], ["db", "upgrade"]])
def test_bad_settings(
    line: Line, monkeypatch: pytest.MonkeyPatch, words: list[str], key: str, value: str, says: str
) -> None:
    monkeypatch.setenv(PREFIX + key, value)
    result = line.run(*words)
    assert result.exit_code == 1
    assert says in result.output
    assert "Traceback" not in result.output
    assert words == ["doctor"] or len(result.stderr.splitlines()) == 1


def test_a_home_that_is_no_folder_or_no_database(line: Line, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "berkas"
    file.write_text("x")
    monkeypatch.setenv("KENTONGAN_HOME", str(file / "dalam"))
    result = line.run("db", "upgrade")
    assert (result.exit_code, len(result.stderr.splitlines())) == (1, 1)
    monkeypatch.setenv("KENTONGAN_HOME", str(line.home))
    (line.home / "kentongan.sqlite3").write_bytes(b"bukan basis data" * 100)
    for suffix in ("-wal", "-shm"):
        (line.home / f"kentongan.sqlite3{suffix}").unlink(missing_ok=True)
    result = line.run("post", "list")
    assert (result.exit_code, len(result.stderr.splitlines())) == (1, 1)
    assert "Basis data" in result.stderr


def test_help_speaks_without_any_set_up(tmp_path: Path) -> None:
    result = _script("--help", folder=tmp_path)
    assert result.returncode == 0
    assert re.search(r"^  inbox ", result.stdout, re.M)


def test_the_same_on_both_databases(database_url: str, tmp_path: Path, nursery: Nursery) -> None:
    """Processes of their own, but not new interpreters: those are above."""
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    clean = {key: value for key, value in os.environ.items() if not key.startswith(PREFIX)}
    named = {**clean, "KENTONGAN_HOME": str(home), "KENTONGAN_DATABASE_URL": database_url}

    def says(*words: str) -> tuple[int, str]:
        with nursery.running(named, *words) as child:
            return child.ended(), child.words()

    add = ("org", "add", "Desa", "--category", "desa")
    assert says("db", "upgrade")[0] == 0
    assert says(*add, "--json") == (0, '{"id": 1}\n')
    code, refusal = says(*add, "--parent", "9" * 25)
    assert (code, len(refusal.splitlines())) == (1, 1)
