"""A bare Graph caller for tests: real HTTP, token in the header, answers as (status, JSON)."""

from __future__ import annotations

import io
from typing import Any

import requests
from PIL import Image

from connectors.practice.control import Control, PracticePage


def picture(width: int = 800, height: int = 800, kind: str = "JPEG", colour: str = "#2d6a4f") -> bytes:
    """Bytes of a plain image."""
    data = io.BytesIO()
    image = Image.new("RGB", (width, height), colour)
    if kind == "MPO":
        image.save(data, "MPO", save_all=True, append_images=[image])
    else:
        image.save(data, kind)
    return data.getvalue()


class Caller:
    """One token on one platform."""

    def __init__(self, url: str, token: str | None, version: str = "v25.0") -> None:
        self.base = f"{url}/{version}" if version else url
        self.session = requests.Session()
        if token:
            self.session.headers["Authorization"] = f"Bearer {token}"

    def call(self, method: str, path: str, **arguments: Any) -> tuple[int, Any]:
        answer = self.session.request(method, f"{self.base}/{path}", timeout=60, **arguments)
        return answer.status_code, answer.json()

    def get(self, path: str, **params: Any) -> Any:
        """The JSON of an answer that must be 200."""
        status, data = self.call("GET", path, params=params)
        assert status == 200, data
        return data

    def post(self, path: str, *, source: Any = None, **form: Any) -> Any:
        """The JSON of an answer that must be 200."""
        files = {"source": ("foto.jpg", source)} if source is not None else None
        status, data = self.call("POST", path, data=form, files=files)
        assert status == 200, data
        return data

    def error(self, method: str, path: str, *, source: Any = None, **params: Any) -> tuple[int, int | None]:
        """(code, subcode) of an answer that must be an error object."""
        files = {"source": ("foto.jpg", source)} if source is not None else None
        place = "params" if method == "GET" else "data"
        status, data = self.call(method, path, files=files, **{place: params})
        assert status >= 400, data
        assert data["error"]["fbtrace_id"]
        return data["error"]["code"], data["error"].get("error_subcode")


def staged_photo(caller: Caller, page: PracticePage, data: bytes | None = None, alt: str = "") -> str:
    """The id of an unpublished Page photo."""
    made = caller.post(f"{page.page_id}/photos", source=data or picture(), published="false", alt_text_custom=alt)
    return str(made["id"])


def image_url(caller: Caller, page: PracticePage, data: bytes | None = None) -> str:
    """The CDN address of a fresh unpublished Page photo."""
    photo = caller.get(staged_photo(caller, page, data), fields="images")
    return str(photo["images"][0]["source"])


def instagram_post(control: Control, caller: Caller, page: PracticePage, caption: str = "Halo") -> str:
    """The id of a fresh public Instagram post with one photo."""
    control.container_s(0)
    made = caller.post(f"{page.ig_id}/media", image_url=image_url(caller, page), caption=caption)
    return str(caller.post(f"{page.ig_id}/media_publish", creation_id=made["id"])["id"])
