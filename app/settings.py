"""One typed settings object, read once from the environment and ``.env``.

Every setting has a default: an empty environment works. A secret may also be given as ``KENTONGAN_NAME_FILE``, a path
whose first line is read. The table in README.md is generated from the descriptions below.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from app.problems import Problem

PREFIX = "KENTONGAN_"
#: No wait is longer; beyond some thousand years a datetime cannot be added to.
_LONGEST_S = 366 * 86400.0
Seconds = Annotated[float, Field(ge=0, le=_LONGEST_S, allow_inf_nan=False)]
AboveZero = Annotated[float, Field(gt=0, le=_LONGEST_S, allow_inf_nan=False)]
#: pydantic's error types in words; the others are our own validators', already in words.
_REASONS = {
    "float_parsing": "harus berupa angka (detik)",
    "finite_number": "harus berupa angka (detik)",
    "greater_than": "harus lebih dari {gt:g}",
    "greater_than_equal": "paling sedikit {ge:g}",
    "less_than_equal": "paling banyak {le:g}",
}
#: Settings that hold a secret or may hold a password: also readable from a file.
SECRETS = ("secret_key", "database_url", "meta_app_secret", "meta_verify_token", "notice_urls", "mail_url")
META_HOSTS = {"graph.facebook.com", "graph.instagram.com"}


class Settings(BaseSettings):
    """Settings of one installation. Times ending in ``_s`` are seconds."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    home: Path = Field(default=Path("data"), description="Folder for the database, photos and keys.")
    database_url: str = Field(
        default="",
        description="Empty: SQLite in the home folder. Else postgresql://user@host/name (a socket: ?host=/dir).",
    )
    secret_key: str = Field(
        default="",
        description="Seals tokens and signs sessions and links. Empty: made at `db upgrade`, kept in the home folder. "
        "Several, newest first, separated by commas, for changing it.",
    )
    public_url: str = Field(
        default="", description="Address under which the platforms can fetch photos, e.g. https://ipsm.example.id."
    )
    trusted_proxy: str = Field(
        default="",
        description="Address of the reverse proxy in front of `serve`, e.g. 127.0.0.1; what it says of the visitor's "
        "address is believed. Empty: there is none.",
    )
    graph_url: str = Field(
        default="https://graph.facebook.com", description="Base address of the Graph API, without version."
    )
    graph_version: str = Field(default="v25.0", description="Version of the Graph API that is asked for.")
    meta_app_id: str = Field(default="", description="App id at Meta; lets tokens be inspected and prolonged.")
    meta_app_secret: str = Field(default="", description="App secret at Meta; signs calls and checks webhooks.")
    meta_verify_token: str = Field(default="", description="Word that Meta repeats when a webhook is set up.")
    notice_urls: str = Field(
        default="",
        description="Apprise addresses, separated by blanks, that hear of every trouble in the installation.",
    )
    mail_url: str = Field(
        default="",
        description="Apprise address of the mail server that sends, e.g. mailtos://user:password@example.id; people in "
        "charge are then told of trouble at their own address.",
    )
    http_timeout_s: AboveZero = Field(default=30, description="Longest one call to a platform may take.")
    retry_first_s: AboveZero = Field(default=30, description="First wait before trying again; doubles, with jitter.")
    retry_max_s: AboveZero = Field(default=3600, description="Longest wait between tries.")
    unsure_first_s: AboveZero = Field(default=15, description="First second look after an unclear answer.")
    unsure_for_s: AboveZero = Field(
        default=600, description="How long 'not there' must last before sending again, or calling a post deleted there."
    )
    lease_s: AboveZero = Field(
        default=90, description="Longest hold of a worker on a delivery; over twice the longest call."
    )
    backlog_spread_s: Seconds = Field(default=300, description="Gap between overdue posts of one account after a stop.")
    missed_after_s: AboveZero = Field(
        default=6 * 3600, description="A post later than this is not sent by itself any more."
    )
    stage_ahead_s: Seconds = Field(default=20 * 60, description="How long ahead a post is prepared on the platform.")
    container_poll_s: AboveZero = Field(default=2, description="First look at an Instagram container; grows to 60 s.")
    idle_s: Seconds = Field(
        default=10, description="`worker --until-idle` stays while anything is due within this time."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what ``load`` hands in: it has read the environment and both ``.env`` files in the stated order."""
        return (init_settings,)

    @field_validator("home")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        try:
            return value.expanduser().resolve()
        except (RuntimeError, OSError, ValueError):
            raise ValueError("bukan folder yang dapat dipakai") from None

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        if not value:
            return ""
        try:
            address = make_url(value)
        except (ArgumentError, ValueError):
            raise ValueError("harus seperti postgresql://pengguna@host/nama") from None
        if address.get_backend_name() == "postgres":  # as some hosts still hand it out
            address = address.set(drivername="postgresql")
        file = address.get_backend_name() == "sqlite" and address.database and address.database != ":memory:"
        if not (file or address.get_backend_name() == "postgresql"):
            raise ValueError("harus PostgreSQL, atau SQLite di dalam berkas")
        return value.replace("postgres:", "postgresql:", 1) if value.startswith("postgres:") else value

    @field_validator("graph_url", "public_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if not value:
            return ""
        try:
            parts = urlsplit(value)
            port = parts.port
        except ValueError:
            raise ValueError("bukan alamat yang dapat dibaca") from None
        if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
            raise ValueError("harus diawali https:// (atau http://)")
        if parts.query or parts.fragment:
            raise ValueError("tidak boleh memuat ? atau #")
        loopback = parts.hostname in ("localhost", "::1") or parts.hostname.startswith("127.")
        if parts.scheme == "http" and not loopback:
            raise ValueError("harus diawali https://, kecuali alamat komputer ini sendiri")
        return value.rstrip("/")

    @field_validator("graph_version")
    @classmethod
    def _version(cls, value: str) -> str:
        version = value if value.startswith("v") else f"v{value}"
        major, _, minor = version[1:].partition(".")
        if not (version.isascii() and major.isdigit() and minor.isdigit()):
            raise ValueError("harus seperti v25.0")
        return version

    @model_validator(mode="after")
    def _lease_outlives_calls(self) -> Settings:
        # A commit must never still be on its way when another worker may take the delivery over.
        if self.lease_s <= 2 * self.http_timeout_s:
            raise ValueError("KENTONGAN_LEASE_S harus lebih dari dua kali KENTONGAN_HTTP_TIMEOUT_S")
        return self

    @property
    def database(self) -> str:
        """The database address that is really used."""
        return self.database_url or f"sqlite:///{self.home / 'kentongan.sqlite3'}"

    @property
    def meta_own(self) -> bool:
        """Whether the Graph address is Meta's own (and not a test or rehearsal server)."""
        return urlsplit(self.graph_url).hostname in META_HOSTS


def load(environ: Mapping[str, str] | None = None, **fixed: Any) -> Settings:
    """Read the settings: ``fixed`` wins, then the environment, ``.env`` here, ``.env`` in the home folder.

    Raises Problem("settings") with the name of the setting and what is wrong with it, and Problem("env_unreadable").
    """
    given: dict[str, str] = {}

    def add(source: Mapping[str, str | None]) -> None:
        named = {key.upper(): value for key, value in source.items() if key.upper().startswith(PREFIX) and value}
        for name in SECRETS:
            # In the same place a value goes before a file; a file goes before a value of a later place.
            key = f"{PREFIX}{name.upper()}"
            path = named.get(f"{key}_FILE")
            if path and key not in named and key not in given:
                named[key] = _first_line(key, path)
        for key, value in named.items():
            given.setdefault(key, value or "")

    add(os.environ if environ is None else environ)
    add(_dotenv(Path(".env")))
    home = Path(fixed.get("home") or given.get(PREFIX + "HOME") or "data")
    with contextlib.suppress(RuntimeError):  # a ~stranger; said below, with the setting's name
        add(_dotenv(home.expanduser() / ".env"))
    values = {key: given[PREFIX + key.upper()] for key in Settings.model_fields if given.get(PREFIX + key.upper())}
    try:
        return Settings(**{**values, **fixed})
    except ValidationError as error:
        first = error.errors()[0]
        reason = _REASONS.get(first["type"], first["msg"].removeprefix("Value error, ")).format(**first.get("ctx", {}))
        if not first["loc"]:
            raise Problem("settings_lease") from None
        raise Problem("settings", name=PREFIX + str(first["loc"][0]).upper(), reason=reason) from None


def table() -> str:
    """The settings as README shows them: a Markdown table, made from the descriptions above."""
    rows = ["| Setting | Default | Meaning |", "| --- | --- | --- |"]
    for key, field in Settings.model_fields.items():
        default = "./data" if key == "home" else field.default
        shown = f"{default:g}" if isinstance(default, float | int) else str(default)
        name = f"`{PREFIX}{key.upper()}`" + (" (or `_FILE`)" if key in SECRETS else "")
        rows.append(f"| {name} | {f'`{shown}`' if shown else ''} | {field.description} |")
    return "\n".join(rows)


def _dotenv(path: Path) -> Mapping[str, str | None]:
    try:
        return dotenv_values(path, encoding="utf-8-sig") if path.is_file() else {}
    except (OSError, UnicodeDecodeError):
        raise Problem("env_unreadable", path=path) from None


def _first_line(key: str, path: str) -> str:
    try:
        return Path(path).read_text("utf-8").strip().splitlines()[0]
    except (OSError, IndexError, UnicodeDecodeError):
        raise Problem("settings", name=f"{key}_FILE", reason=f"berkas {path} kosong atau tidak dapat dibaca") from None


if __name__ == "__main__":
    print(table())  # noqa: T201  for README.md
