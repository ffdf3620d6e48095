"""Kominfo hands in LAPOR! figures: looks, takes in, ranks, takes back; nobody else does."""

from __future__ import annotations

import io
import re
from typing import Any

import openpyxl
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlmodel import select

from app.models import Event, LaporImport, LaporRow
from tests.fixtures.web import Web, post, token

TABLE = (
    "Instansi;Laporan masuk;Selesai;Diarsipkan;Rata-rata hari;Kualitas\n"
    "Dinas <Sosial>;1.200;1.100;50;4,5;81\nDinas Kesehatan;40;30;0;12;\nRSUD;10;10;0;1;90\n"
    "Kecamatan Babelan;9;9;0;3;75\nDesa Kalong II;0;0;0;;\nJumlah;1.259;1.149;50;;\n"
)


def hand_in(client: FlaskClient, content: str, **values: Any) -> Any:
    """The form as a browser sends it."""
    form = {"name": "LAPOR! 2025", "first": "2025-01-01", "last": "2025-12-31", "scale": "100", **values}
    file = (io.BytesIO(content.encode()), "tabel.csv")
    return client.post("/penilaian/lapor/pratinjau", data={**form, "file": file, "csrf_token": token(client)})


def test_from_the_file_to_the_ranking_and_back(web: Web) -> None:
    client = web.sign_in("kominfo")
    assert "Belum ada tabel LAPOR!" in client.get("/penilaian/lapor").get_data(as_text=True)
    sample = openpyxl.load_workbook(io.BytesIO(client.get("/penilaian/lapor/contoh").data))
    assert sample.active["B1"].value == "Laporan masuk"

    refused = hand_in(client, TABLE.replace("40;30", "40;50"))
    assert refused.status_code == 422
    assert "Baris 3</strong>: Dinas Kesehatan: ditindaklanjuti 50" in refused.get_data(as_text=True)
    assert 'name="isi"' not in refused.get_data(as_text=True), "with a fault nothing can be taken in"
    for wrong, says in (
        ({"last": "2024-12-31"}, "lebih awal"),
        ({"first": "31/12"}, "Tanggal ini"),
        ({"name": " "}, "Nama"),
    ):
        answer = hand_in(client, TABLE, **wrong)
        assert (answer.status_code, says in answer.get_data(as_text=True)) == (422, True), wrong
    assert post(client, "/penilaian/lapor/pratinjau", name="x").status_code == 422
    looked = BeautifulSoup(hand_in(client, TABLE).data, "html.parser")
    assert "5 perangkat daerah" in looked.text
    assert "baris 7" in looked.text, "the totals are left out, and that is said"
    sealed = looked.select_one("[name=isi]")["value"]
    assert post(client, "/penilaian/lapor", isi=sealed[:-9] + "AAAAAAAA=").status_code == 303
    with web.parts.db.read() as session:
        assert session.exec(select(LaporRow)).all() == [], "looked at is not taken in"

    answer = post(client, "/penilaian/lapor", isi=sealed)
    page = client.get(answer.headers["Location"]).get_data(as_text=True)
    assert "“LAPOR! 2025” tersimpan: 5 perangkat daerah." in page
    assert "Dinas &lt;Sosial&gt;" in page
    rows = BeautifulSoup(page, "html.parser").select(".board tbody tr")
    assert [(row.th.contents[0], row.select_one(".rank").text) for row in rows] == [
        ("RSUD", "1"),
        ("Dinas <Sosial>", "2"),
        ("Dinas Kesehatan", "3"),
        ("Kecamatan Babelan", "–"),
        ("Desa Kalong II", "–"),
    ]
    assert "paling sedikit 3 peserta" in page
    with web.parts.db.read() as session:
        linked = {row.agency: row.organisation_id for row in session.exec(select(LaporRow)).all()}
    assert linked["Desa Kalong II"] == web.organisations["desa"]
    assert linked["RSUD"] is None

    post(client, "/penilaian/lapor", isi=sealed)
    assert "Berkas yang sama sudah diimpor sebagai “LAPOR! 2025”." in client.get("/penilaian/lapor").get_data(
        as_text=True
    )
    assert "Berkas yang sama" in hand_in(client, TABLE).get_data(as_text=True)
    made = int(re.search(r"/penilaian/lapor/(\d+)", answer.headers["Location"])[1])  # type: ignore[index]  # seen above
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/penilaian/lapor/{made}/unduh").data))
    assert book["Perangkat daerah"]["O2"].value == "=ROUND(SUMPRODUCT(I2:K2,L2:N2)/100,2)"

    petugas = web.sign_in("petugas")
    assert petugas.get(f"/penilaian/lapor/{made}").status_code == 404
    assert hand_in(petugas, TABLE).status_code == 403
    elsewhere = web.sign_in("pengelola")
    post(elsewhere, "/saya/organisasi", organisasi=web.organisations["lain"])
    post(elsewhere, "/penilaian/lapor", isi=sealed)
    with web.parts.db.read() as session:
        assert len(session.exec(select(LaporImport)).all()) == 1, "what was shown here is not taken in there"

    assert post(client, f"/penilaian/lapor/{made}/hapus", reason=" ").status_code == 422
    assert post(client, f"/penilaian/lapor/{made}/hapus", reason="Angka Dinsos keliru").status_code == 303
    assert client.get(f"/penilaian/lapor/{made}").status_code == 404
    with web.parts.db.read() as session:
        told = session.exec(select(Event.what, Event.why).where(Event.subject == "laporimport")).all()
        assert told == [("import", None), ("drop", "Angka Dinsos keliru")]
    fresh = post(client, "/penilaian/lapor", isi=sealed).headers["Location"]
    assert re.search(r"/lapor/\d+$", fresh), "it may come again"
    assert fresh != answer.headers["Location"]
