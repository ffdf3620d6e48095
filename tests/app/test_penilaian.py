"""Awards as their pages show them: from a draft to the public result."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup

from app import clock
from app.models import Award
from tests.app import residents
from tests.fixtures import awarded
from tests.fixtures.web import Web, post


def test_from_the_draft_to_the_result(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    world = awarded.make(web)
    moment = [datetime(2025, 12, 18, 3, tzinfo=UTC)]
    monkeypatch.setattr(clock, "now", lambda: moment[0])
    kominfo = web.sign_in("kominfo")
    page = kominfo.get("/penilaian/baru")
    form = BeautifulSoup(page.data, "html.parser").select_one("form.stack")
    assert form is not None
    values = {
        str(each["name"]): str(each.get("value", "")) for each in form.select("input[type=text], input[type=date]")
    }
    values |= {"name": "Anugerah Media Sosial", "categories": "organisasi", "area": str(web.organisations["kabupaten"])}
    refused = post(kominfo, "/penilaian/baru", **{**values, "w_kualitas": "banyak", "last": "2025-01-01"})
    assert refused.status_code == 422
    assert "Tulis angka" in refused.text
    assert "banyak" in refused.text
    made = post(kominfo, "/penilaian/baru", **values)
    assert made.status_code == 303
    award = residents.rows(web, Award)[0]
    address = made.headers["Location"]
    assert "Tetapkan dan umumkan" in kominfo.get(address).text
    post(kominfo, f"{address}/tetapkan")
    moment[0] = datetime(2026, 4, 1, tzinfo=UTC)
    running = kominfo.get(address).text
    assert "sedang berjalan" in running
    assert "Nilai sementara" in running
    moment[0] = datetime(2026, 7, 8, 3, tzinfo=UTC)
    post(kominfo, f"{address}/bekukan")
    frozen = BeautifulSoup(kominfo.get(address).data, "html.parser")
    ranks = [each.text.strip() for each in frozen.select(".board td.rank")]
    assert ranks == ["1", "2", "3", "4", "5"]
    assert "9 kiriman; syaratnya 12" in frozen.text
    sheet = kominfo.get(f"{address}/lembar/{world.organisations['IPSM Leuwisadeng']}").text
    assert "26 dari 26 pekan" in sheet
    assert kominfo.get(f"/hasil/{award.id}").status_code == 404
    early = post(kominfo, f"{address}/umumkan", why="")
    assert early.status_code == 422
    moment[0] = datetime(2026, 7, 20, 3, tzinfo=UTC)
    post(kominfo, f"{address}/umumkan", why="")
    public = web.client().get(f"/hasil/{award.id}")
    assert public.status_code == 200
    assert re.search(r"Hasil: organisasi", public.text)
    checked = kominfo.get(f"{address}/periksa").text
    assert "Angkanya sama" in checked
