"""Settings: where they come from, in which order, and what is said of bad ones."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app.problems import Problem
from app.settings import PREFIX, Settings, load


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty current folder and no setting in the environment."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    for key in list(os.environ):
        if key.upper().startswith(PREFIX):
            monkeypatch.delenv(key)


def test_nothing_is_obligatory(tmp_path: Path) -> None:
    settings = load({})
    assert settings.home == tmp_path / "here" / "data"
    assert settings.database == f"sqlite:///{tmp_path}/here/data/kentongan.sqlite3"
    assert settings.graph_url == "https://graph.facebook.com"
    assert settings.meta_own
    assert settings.lease_s > 2 * settings.http_timeout_s


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KENTONGAN_IDLE_S", "3.5")
    monkeypatch.setenv("KENTONGAN_GRAPH_URL", "http://127.0.0.1:9000/")
    settings = load()
    assert (settings.idle_s, settings.graph_url, settings.meta_own) == (3.5, "http://127.0.0.1:9000", False)


def test_order_argument_environment_here_home(tmp_path: Path) -> None:
    home = tmp_path / "rumah"
    home.mkdir()
    keys = ("idle_s", "retry_first_s", "retry_max_s", "unsure_for_s")
    (home / ".env").write_text("".join(f"KENTONGAN_{key.upper()}=1\n" for key in keys), "utf-8")
    Path(".env").write_text(
        f"KENTONGAN_HOME={home}\n" + "".join(f"KENTONGAN_{key.upper()}=2\n" for key in keys[:3]), "utf-8"
    )
    settings = load({f"KENTONGAN_{key.upper()}": "3" for key in keys[:2]}, idle_s=4)
    assert settings.home == home
    assert [getattr(settings, key) for key in keys] == [4, 3, 2, 1]


def test_an_empty_value_counts_as_none_given() -> None:
    Path(".env").write_text("KENTONGAN_IDLE_S=7\nKENTONGAN_RETRY_FIRST_S=\n", "utf-8")
    settings = load({"KENTONGAN_IDLE_S": ""})
    assert (settings.idle_s, settings.retry_first_s) == (7, 30)


def test_a_secret_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "kunci"
    path.write_text("rahasia sekali\nsecond line\n", "utf-8")
    assert load({"KENTONGAN_SECRET_KEY_FILE": str(path)}).secret_key == "rahasia sekali"
    assert load({"KENTONGAN_SECRET_KEY_FILE": str(path), "KENTONGAN_SECRET_KEY": "langsung"}).secret_key == "langsung"


def test_a_file_named_in_the_environment_goes_before_a_value_in_dotenv(tmp_path: Path) -> None:
    path = tmp_path / "kunci"
    path.write_text("dari berkas", "utf-8")
    Path(".env").write_text("KENTONGAN_SECRET_KEY=lama\n", "utf-8")
    assert load({"KENTONGAN_SECRET_KEY_FILE": str(path)}).secret_key == "dari berkas"


def test_the_table_of_readme_has_every_setting_with_its_meaning() -> None:
    assert all(field.description for field in Settings.model_fields.values())


BAD = {
    "KENTONGAN_IDLE_S": ["cepat", "-1", "nan", "inf", "1e30"],
    "KENTONGAN_HTTP_TIMEOUT_S": ["0", "-3", """ 1 detik"""],
    "KENTONGAN_GRAPH_VERSION": ["25", "terbaru", "v25.x", "v٢٥.٠"],
    "KENTONGAN_GRAPH_URL": ["graph.facebook.com", "ftp://a.example", "http://graph.facebook.com", "https://[::1"],
    "KENTONGAN_PUBLIC_URL": ["http://ipsm.example.id", "https://", "https://a.example:99999", "https://a.example/?x=1"],
    "KENTONGAN_DATABASE_URL": ["kentongan.db", "mysql://a/b", "sqlite://", "sqlite:///:memory:", "postgresql:/"],
    "KENTONGAN_HOME": ["~tidakadaorang/x", "a\0b"],
    "KENTONGAN_SECRET_KEY_FILE": ["/nonexistent/kunci"],
}


@pytest.mark.parametrize(("key", "value"), [(key, value) for key, values in BAD.items() for value in values])
def test_a_bad_value_is_named(key: str, value: str) -> None:
    with pytest.raises(Problem) as problem:
        load({key: value})
    assert problem.value.code == "settings"
    assert problem.value.facts["name"] == key
    assert problem.value.facts["reason"]
    assert "Input should" not in problem.value.facts["reason"], "in the language of who reads it"


def test_a_lease_must_outlive_two_calls() -> None:
    with pytest.raises(Problem) as problem:
        load({"KENTONGAN_LEASE_S": "60", "KENTONGAN_HTTP_TIMEOUT_S": "30"})
    assert problem.value.code == "settings_lease"
    assert load({"KENTONGAN_LEASE_S": "60.5", "KENTONGAN_HTTP_TIMEOUT_S": "30"}).lease_s == 60.5


def test_an_unreadable_dotenv_is_named() -> None:
    Path(".env").write_bytes(b"KENTONGAN_IDLE_S=\xff\xfe")
    with pytest.raises(Problem) as problem:
        load({})
    assert problem.value.code == "env_unreadable"


@pytest.mark.parametrize(
    "url", ["postgresql://user:p%40ss@db.example/name", "postgresql://user@/name?host=/run/sock", "postgres://u@h/n"]
)
def test_postgres_addresses_are_kept(url: str) -> None:
    assert load({"KENTONGAN_DATABASE_URL": url}).database == url.replace("postgres://", "postgresql://")


def test_loopback_may_be_plain_http() -> None:
    settings = load({"KENTONGAN_PUBLIC_URL": "http://127.0.0.1:8000/", "KENTONGAN_GRAPH_URL": "http://localhost:1"})
    assert settings.public_url == "http://127.0.0.1:8000"
