"""One typed settings object, read once from the environment and ``.env``.

Every setting has a default: an empty environment works. A secret may also be given as ``KENTONGAN_NAME_FILE``, a path
whose first line is read. The table in README.md is generated from the descriptions below.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from app.problems import Problem

PREFIX = "KENTONGAN_"
#: Settings that hold a secret or may hold a password: also readable from a file.
SECRETS = ("secret_key", "database_url", "meta_app_secret", "meta_verify_token")
META_HOSTS = {"graph.facebook.com", "graph.instagram.com"}


class Settings(BaseSettings):
    """Settings of one installation. Times ending in ``_s`` are seconds."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    home: Path = Field(Path("data"), description="Folder for the database, photos and keys.")
    database_url: str = Field(
        "", description="Empty: SQLite in the home folder. Else postgresql://user@host/name (a socket: ?host=/dir)."
    )
    secret_key: str = Field(
        "",
        description="Seals tokens and signs sessions and links. Empty: made at `db upgrade`, kept in the home folder. "
        "Several, newest first, separated by commas, for changing it.",
    )
    public_url: str = Field(
        "", description="Address under which the platforms can fetch photos, e.g. https://ipsm.example.id."
    )
    graph_url: str = Field("https://graph.facebook.com", description="Base address of the Graph API, without version.")
    graph_version: str = Field("v25.0", description="Version of the Graph API that is asked for.")
    meta_app_id: str = Field("", description="App id at Meta; lets tokens be inspected and prolonged.")
    meta_app_secret: str = Field("", description="App secret at Meta; signs calls and checks webhooks.")
    meta_verify_token: str = Field("", description="Word that Meta repeats when a webhook is set up.")
    http_timeout_s: float = Field(30, gt=0, description="Longest one call to a platform may take.")
    retry_first_s: float = Field(30, gt=0, description="First wait before trying again; doubles, with jitter.")
    retry_max_s: float = Field(3600, gt=0, description="Longest wait between tries.")
    unsure_first_s: float = Field(15, gt=0, description="First second look after an unclear answer.")
    unsure_for_s: float = Field(600, gt=0, description="How long 'not there' must last before sending again.")
    lease_s: float = Field(
        120, gt=0, description="Longest hold of a worker on a delivery; over twice the longest call."
    )
    backlog_spread_s: float = Field(300, ge=0, description="Gap between overdue posts of one account after a stop.")
    missed_after_s: float = Field(6 * 3600, gt=0, description="A post later than this is not sent by itself any more.")
    stage_ahead_s: float = Field(20 * 60, ge=0, description="How long ahead a post is prepared on the platform.")
    container_poll_s: float = Field(2, gt=0, description="First look at an Instagram container; grows to 60 s.")
    idle_s: float = Field(10, ge=0, description="`worker --until-idle` stays while anything is due within this time.")

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
        return value.expanduser().resolve()

    @field_validator("graph_url", "public_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if not value:
            return ""
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("must begin with https:// (or http://)")
        loopback = parts.hostname in ("localhost", "::1") or parts.hostname.startswith("127.")
        if parts.scheme == "http" and not loopback:
            raise ValueError("must begin with https:// unless it is this machine's own address")
        return value.rstrip("/")

    @field_validator("graph_version")
    @classmethod
    def _version(cls, value: str) -> str:
        version = value if value.startswith("v") else f"v{value}"
        major, _, minor = version[1:].partition(".")
        if not (major.isdigit() and minor.isdigit()):
            raise ValueError("must look like v25.0")
        return version

    @model_validator(mode="after")
    def _lease_outlives_calls(self) -> Settings:
        # A commit must never still be on its way when another worker may take the delivery over.
        if self.lease_s <= 2 * self.http_timeout_s:
            raise ValueError("KENTONGAN_LEASE_S must be more than twice KENTONGAN_HTTP_TIMEOUT_S")
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

    Raises Problem("settings") with the name of the setting and what is wrong with it.
    """
    environ = os.environ if environ is None else environ
    given: dict[str, str] = {}

    def add(source: Mapping[str, str | None]) -> None:
        for key, value in source.items():
            if key.upper().startswith(PREFIX) and value is not None:
                given.setdefault(key.upper(), value)

    add(environ)
    add(dotenv_values(".env"))
    home = Path(fixed.get("home") or given.get(PREFIX + "HOME") or "data").expanduser()
    add(dotenv_values(home / ".env"))
    for name in SECRETS:
        path = given.get(f"{PREFIX}{name.upper()}_FILE")
        if path and not given.get(PREFIX + name.upper()):
            try:
                given[PREFIX + name.upper()] = Path(path).read_text("utf-8").strip().splitlines()[0]
            except (OSError, IndexError):
                raise Problem("settings", name=f"{PREFIX}{name.upper()}_FILE", reason=f"cannot read {path}") from None
    values = {key: given[PREFIX + key.upper()] for key in Settings.model_fields if given.get(PREFIX + key.upper())}
    try:
        return Settings(**{**values, **fixed})
    except ValidationError as error:
        first = error.errors()[0]
        name = PREFIX + str(first["loc"][0]).upper() if first["loc"] else ""
        raise Problem("settings", name=name, reason=first["msg"].removeprefix("Value error, ")) from None
