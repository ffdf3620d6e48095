"""Reading one HTTP request: parameters from the address, form, multipart or JSON; where the token was; the version."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from connectors.practice.errors import GraphError, invalid

#: Living Graph versions and the day each ends (Meta's changelog/versions page); None: end not set.
VERSIONS: dict[str, datetime | None] = {
    "v21.0": datetime(2027, 1, 21, tzinfo=UTC),
    "v22.0": datetime(2027, 5, 20, tzinfo=UTC),
    "v23.0": datetime(2027, 10, 8, tzinfo=UTC),
    "v24.0": datetime(2028, 2, 18, tzinfo=UTC),
    "v25.0": datetime(2028, 7, 29, tzinfo=UTC),
    "v26.0": None,
}
_VERSION = re.compile(r"^v\d{1,3}\.\d{1,2}$")


@dataclass(slots=True)
class Upload:
    """One file of a multipart body."""

    name: str
    filename: str
    data: bytes


@dataclass(slots=True)
class GraphRequest:
    """One call. ``params`` is free of the token; ``token_where`` is url, header, body or none."""

    method: str
    path: str
    version: str
    parts: list[str]
    params: dict[str, str]
    files: dict[str, Upload] = field(default_factory=dict)
    token: str | None = None
    token_where: str = "none"  # noqa: S105  a place, not a secret
    base_url: str = ""

    def text(self, *names: str, default: str = "") -> str:
        """The first of these parameters that was sent."""
        for name in names:
            if name in self.params:
                return self.params[name]
        return default

    def flag(self, name: str, default: bool = False) -> bool:
        """A boolean as Graph takes it: true/false, 1/0, in any case. Raises code 100 on anything else."""
        if name not in self.params:
            return default
        value = self.params[name].strip().lower()
        if value in ("true", "1"):
            return True
        if value in ("false", "0", ""):
            return False
        raise invalid(f"Param {name} must be a boolean")


def served_version(asked: str | None, now: datetime) -> str:
    """The version that answers: the asked one while it lives, else the oldest living one."""
    living = [version for version, end in VERSIONS.items() if end is None or now < end]
    return asked if asked in living else living[0]


def read_request(
    method: str, target: str, headers: Mapping[str, str], body: bytes, *, now: datetime, base_url: str
) -> GraphRequest:
    """Take a call apart. Raises GraphError (code 100) when the body is not what its type says."""
    split = urlsplit(target)
    parts = [unquote(part) for part in split.path.split("/") if part]
    asked = parts.pop(0) if parts and _VERSION.match(parts[0]) else None
    query = dict(parse_qsl(split.query, keep_blank_values=True))
    posted, files = _read_body(headers.get("Content-Type", ""), body)
    request = GraphRequest(
        method=method,
        path=split.path,
        version=served_version(asked, now),
        parts=parts,
        params={**query, **posted},
        files=files,
        base_url=base_url,
    )
    _find_token(request, query, posted, headers)
    override = request.params.pop("method", "").upper()
    if method == "POST" and override in ("GET", "DELETE"):
        request.method = override
    return request


def _find_token(
    request: GraphRequest, query: Mapping[str, str], posted: Mapping[str, str], headers: Mapping[str, str]
) -> None:
    scheme, _, value = headers.get("Authorization", "").partition(" ")
    request.params.pop("access_token", None)
    if posted.get("access_token"):
        request.token, request.token_where = posted["access_token"], "body"
    elif query.get("access_token"):
        request.token, request.token_where = query["access_token"], "url"
    elif scheme.lower() in ("bearer", "oauth") and value.strip():
        request.token, request.token_where = value.strip(), "header"


def _read_body(content_type: str, body: bytes) -> tuple[dict[str, str], dict[str, Upload]]:
    kind = content_type.partition(";")[0].strip().lower()
    if not body:
        return {}, {}
    if kind == "multipart/form-data":
        return _read_multipart(content_type, body)
    if kind == "application/json":
        try:
            data = json.loads(body)
        except ValueError as error:
            raise invalid("Request body is not valid JSON") from error
        if not isinstance(data, dict):
            raise invalid("Request body must be a JSON object")
        return {str(key): _as_text(value) for key, value in data.items()}, {}
    if kind in ("application/x-www-form-urlencoded", ""):
        try:
            pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=1000)
        except (UnicodeDecodeError, ValueError) as error:
            raise invalid("Request body is not a readable form") from error
        return dict(pairs), {}
    raise GraphError(100, f"(#100) Unsupported content type {kind}")


def _as_text(value: Any) -> str:
    """A JSON value as a form would carry it; a lone surrogate, which no text may hold, becomes a question mark."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.encode("utf-8", "replace").decode("utf-8")


def _read_multipart(content_type: str, body: bytes) -> tuple[dict[str, str], dict[str, Upload]]:
    match = re.search(r'boundary="?([^";]+)"?', content_type)
    if match is None:
        raise invalid("multipart body without boundary")
    values: dict[str, str] = {}
    files: dict[str, Upload] = {}
    mark = b"--" + match.group(1).encode("latin-1")
    chunks = (b"\r\n" + body).split(b"\r\n" + mark)
    if len(chunks) < 3 or not chunks[-1].startswith(b"--"):
        raise invalid("multipart body is cut off")
    for chunk in chunks[1:-1]:
        head, separator, data = chunk.partition(b"\r\n\r\n")
        if not separator:
            raise invalid("multipart part without header")
        disposition = head.decode("utf-8", "replace")
        name = re.search(r'[;\s]name="((?:[^"\\]|\\.)*)"', disposition)
        filename = re.search(r'filename\*?="?((?:[^"\\]|\\.)*)"?', disposition)
        if name is None:
            raise invalid("multipart part without name")
        if filename is not None:
            files[name.group(1)] = Upload(name.group(1), filename.group(1), data)
        else:
            values[name.group(1)] = data.decode("utf-8", "replace")
    return values, files
