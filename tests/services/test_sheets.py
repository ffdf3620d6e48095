"""Tables of posts that are handed in: what can be read of them, whose word they are, and what takes their place."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from openpyxl import Workbook
from sqlmodel import col, select

from app import clock, words
from app.models import PostFigure, SeenPost
from app.problems import Problem
from app.services import post_table, rolling, seeing
from connectors import RemotePost
from tests.fixtures import scenery
from tests.fixtures.line import Line

NOW = datetime(2026, 9, 1, tzinfo=UTC)
ZONE = "Asia/Makassar"
HEAD = "Tautan;Terbit;Dibaca;Suka;Komentar;Simpan;Jangkauan;Pengikut\n"
GOOD = "https://www.instagram.com/p/AbC/?igsh=x;01/08/2026 19.00;08/08/2026 20.00;1.200;3;-;;431\n"


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-08-20 19:00", datetime(2026, 8, 20, 11, tzinfo=UTC)),
        ("20/08/2026 19.00 WIB", datetime(2026, 8, 20, 12, tzinfo=UTC)),
        ("Kamis, 20 Agustus 2026 pukul 19.00", datetime(2026, 8, 20, 11, tzinfo=UTC)),
        ("20 Agt 2026", datetime(2026, 8, 20, 4, tzinfo=UTC)),
        ("2026-08-20T19:00:00+07:00", datetime(2026, 8, 20, 12, tzinfo=UTC)),
        (datetime(2026, 8, 20, 19, 0), datetime(2026, 8, 20, 11, tzinfo=UTC)),  # noqa: DTZ001  a cell has no zone
        ("31/02/2026", None),
        ("20/08/2026 25.00", None),
        ("kemarin", None),
        (None, None),
        (46254, None),
        ("20/08/0026", None),
    ],
)
def test_times_as_people_write_them(text: Any, utc: datetime | None) -> None:
    if utc is None:
        with pytest.raises(Problem) as caught:
            post_table.moment(text, ZONE, "read_at")
        assert caught.value.code == "post_time"
    else:
        assert post_table.moment(text, ZONE, "read_at") == utc


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("instagram.com/p/x;01/08/2026;08/08/2026;1", "post_link"),
        ("https://www.instagram.com/;01/08/2026;08/08/2026;1", "post_link"),
        ("javascript:alert(1);01/08/2026;08/08/2026;1", "post_link"),
        ("https://instagram.com/p/x;01/08/2026;besok;1", "post_time"),
        ("https://instagram.com/p/x;01/08/2027;08/08/2027;1", "post_future"),
        ("https://instagram.com/p/x;08/08/2026;01/08/2026;1", "post_read_before"),
        ("https://instagram.com/p/x;01/08/2026;08/08/2026;-3", "post_number"),
        ("https://instagram.com/p/x;01/08/2026;08/08/2026;1,5", "post_number"),
        ("https://instagram.com/p/x;01/08/2026;08/08/2026;banyak", "post_number"),
        ("https://instagram.com/p/x;01/08/2026;08/08/2026;99999999999", "post_number"),
        ("https://instagram.com/p/x;01/08/2026;08/08/2026;;-", "post_no_figure"),
        ("http://m.instagram.com/p/AbC;01/08/2026;08/08/2026;1", "post_twice"),
    ],
)
def test_rows_that_cannot_be_taken(row: str, code: str) -> None:
    table = post_table.parse(f"Rekap Agustus\n{HEAD}{GOOD}\n{row}\n".encode(), ZONE, NOW)
    (line,) = table.lines
    assert (line.platform, line.figures["reactions"], line.figures["saves"], line.followers) == (
        "instagram",
        1200,
        None,
        431,
    )
    (fault,) = table.faults
    assert (fault.line, fault.code) == (5, code)
    said = words.sentence(fault.code, fault.facts)
    assert " - " not in said


def test_workbooks_and_missing_headings() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Published", "URL", "Read", "Likes", "Caption"])
    day = datetime(2026, 8, 1, 19)  # noqa: DTZ001  a cell has no zone
    link = "https://fb.com/permalink.php?id=1&story_fbid=2&ref=x"
    sheet.append([day, link, day + timedelta(days=7), 7, "=1+1"])
    stream = io.BytesIO()
    book.save(stream)
    (line,) = post_table.parse(stream.getvalue(), ZONE, NOW).lines
    assert (line.platform, line.address) == ("facebook", "https://fb.com/permalink.php?id=1&story_fbid=2")
    assert line.figures["reactions"] == 7
    with pytest.raises(Problem) as caught:
        post_table.parse(b"Tautan;Suka\nx;1\n", ZONE, NOW)
    assert (caught.value.code, caught.value.facts) == ("table_columns", {"missing": "terbit, dibaca"})


def test_reported_then_checked_then_read_by_ourselves(line: Line, org: str, tmp_path: Any) -> None:
    """On the command line: preview, faults, import, twice, check; in the end the platform's own word."""
    path = tmp_path / "rekap.csv"
    path.write_text(
        HEAD + GOOD + "https://instagram.com/p/dua;02/08/2026;12/08/2026;4;;;;\nx;02/08/2026;03/08/2026;4\n"
    )
    assert line.json("sheet", "import", str(path), "--org", org, "--preview")["rows"] == 2
    line.refused("sheet", "import", str(path), "--org", org, says="baris 4")
    made = line.json("sheet", "import", str(path), "--org", org, "--skip-faults")
    assert (made["rows"], [one["line"] for one in made["faults"]]) == (2, [4])
    line.refused("sheet", "import", str(path), "--org", org, "--skip-faults", says="sudah disimpan")
    other = str(line.json("org", "add", "Desa Lain", "--category", "desa")["id"])
    line.refused("sheet", "import", str(path), "--org", other, "--skip-faults", says="tidak ada baris")
    sheet = str(made["id"])
    line.refused("sheet", "check", sheet, "--by", "Pengelola", says="sendiri")
    line.json("sheet", "check", sheet, "--by", "Rina")
    line.refused("sheet", "check", sheet, "--by", "Rina", says="sudah diperiksa")
    (listed,) = line.json("sheet", "list")
    assert (listed["rows"], listed["checked_by"]) == (2, "Rina")
    assert line.json("watch", "list") == []
    line.refused("watch", "add", "instagram", "desa", "--org", org, "--reader", "9")
    line.refused("watch", "remove", "9")
    from app.db import Database

    db = Database(f"sqlite:///{line.home / 'kentongan.sqlite3'}")
    with db.write() as session:
        figures = session.exec(select(PostFigure).order_by(col(PostFigure.published_at))).all()
        assert [(one.source, one.week_how, one.week_followers) for one in figures] == [
            ("sheet", "read", 431), ("sheet", None, None)
        ]  # fmt: skip
        account = scenery.account(session, int(org), "instagram")
        owner = seeing.Owner(int(org), "instagram", "own", account)
        post = RemotePost("179", figures[0].published_at, "Halo", "https://www.instagram.com/p/AbC/")
        (row,) = seeing.write(session, owner, [post])
        rolling.seen(session, row.id or 0)
        seeing.read(session, row, {"reactions": 900}, practice=False)
        assert row.id == figures[0].seen_post_id, "one post, whoever tells of it"
        figure = rolling.seen_figure(session, row.id or 0)
        assert figure is not None
        assert (figure.source, figure.reactions, figure.week_how) == ("own", 900, None), "a table's word is dropped"
        assert len(session.exec(select(SeenPost)).all()) == 2
        assert clock.now() - figures[1].published_at > timedelta(0)
    db.close()
