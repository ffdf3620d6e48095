"""The monthly report: what stands on it and what does not, once a month by mail as a PDF, and by hand."""

from __future__ import annotations

import io
import json
import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from PIL import Image
from sqlmodel import select

from app.commands import reports
from app.models import Account, Activity, Aspiration, Delivery, Event, Organisation, Photo, Post, Reading
from app.papers import pdf
from app.problems import Problem
from app.queries import monthly
from app.services import reporting, withdrawing
from jobs import digest as digest_job
from jobs import notify
from media import take
from tests.fixtures.gateways import Mailbox
from tests.fixtures.loop import BY
from tests.fixtures.telling import Village, home, person, rows
from tests.services.test_reminding import on

__all__ = ["home"]
NOW = datetime(2026, 9, 1, 1, tzinfo=UTC)


def _published(home: Village, day: int, reactions: int | None, **about: Any) -> int:
    """A post of August 2026 with one reading; its id."""
    at = datetime(2026, 8, day, 3, tzinfo=UTC)
    with home.parts.db.write() as session:
        told = Activity(organisation_id=home.id, title=about.pop("title", f"Kegiatan {day}"), **about)
        session.add(told)
        session.flush()
        post = Post(organisation_id=home.id, activity_id=told.id, state="published", due_at=at)
        session.add(post)
        session.flush()
        delivery = Delivery(
            post_id=post.id or 0, account_id=home.account, state="published", due_at=at, published_at=at,
            remote_id=f"r{post.id}",
        )  # fmt: skip
        session.add(delivery)
        session.flush()
        read = Reading(
            account_id=home.account, delivery_id=delivery.id, read_at=at + timedelta(days=7), reactions=reactions,
            reach=reactions and reactions * 10,
        )  # fmt: skip
        session.add(read)
        return post.id or 0


def _read(home: Village, month: str = "2026-08") -> monthly.Paper:
    with home.parts.db.read() as session:
        return monthly.read(session, home.id, month, NOW, "https://kentongan.example")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the reading of figures is tested on both
def test_the_paper_says_what_was_done_and_nothing_of_anybody(home: Village, tmp_path: Any) -> None:
    best = _published(home, 3, 90, title="Lomba, hubungi 0812-3456-7890", task="penggerak", village="Kalong II")
    _published(home, 5, 20, task="penggerak")
    _published(home, 6, None, task=None)
    said = datetime(2026, 8, 4, tzinfo=UTC)
    with home.parts.db.write() as session:
        for n in range(7):
            session.add(Aspiration(
                organisation_id=home.id, source="catatan", kind="keluhan", author="Bu Siti", text="RAHASIA",
                said_at=said, deadline=said + timedelta(days=1), answered_at=said + timedelta(hours=2 + 20 * n),
            ))  # fmt: skip
    paper = _read(home)
    text = json.dumps(paper.data, default=str, ensure_ascii=False)
    for hidden in ("3456", "Siti", "RAHASIA"):
        assert hidden not in text
    assert [each["value"] for each in paper.data["stats"]] == ["3", "110", "1.100"]
    assert [(each["name"], each["posts"]) for each in paper.data["tasks"]] == [("Penggerak", 2), ("Tanpa tugas", 1)]
    assert paper.data["best"]["told"] == ["Facebook: 900 terjangkau, 90 interaksi"]
    assert "terlalu sedikit" in paper.data["answered"]["words"], "2 of 7 in time: a count of two has a name"
    assert (paper.photo, paper.qr, paper.data["address"]) == (None, None, None)

    photo = io.BytesIO()
    Image.effect_noise((800, 640), 90).convert("RGB").save(photo, "JPEG")
    taken = take(photo.getvalue(), store=home.parts.store)
    with home.parts.db.write() as session:
        for post_id, boxes in ((best, [[0.1, 0.1, 0.4, 0.4]]), (best + 1, [[0.5, 0.5, 0.9, 0.9]])):
            session.add(Photo(post_id=post_id, position=0, sha256=taken.sha256, width=800, height=640, boxes=boxes))
        organisation = session.get_one(Organisation, home.id)
        organisation.slug, organisation.name = "ipsm-uji", 'PSM "A/B"\r\nUji'
        session.add(organisation)
        session.add(Account(organisation_id=home.id, connector="website", remote_id="w", name="Halaman"))
    paper = _read(home)
    assert paper.photo == (taken.sha256, [[0.1, 0.1, 0.4, 0.4], [0.5, 0.5, 0.9, 0.9]]), "hidden anywhere, hidden here"
    assert paper.file_name == "Laporan PSM A B Uji Agustus 2026.pdf"
    assert paper.qr == "https://kentongan.example/o/ipsm-uji"
    made = reporting.make(home.parts, paper)
    assert made.startswith(b"%PDF-")
    assert made == reporting.make(home.parts, paper)
    (page,) = pdf.pages_png(
        "monthly", paper.data | {"best": {**paper.data["best"], "photo": False}, "address": None}, ppi=40
    )
    assert Image.open(io.BytesIO(page)).width in (330, 331), "one sheet of A4 at 40 dots an inch"
    home.parts.store.path(taken.sha256).unlink()
    for rendition in home.parts.store.root.rglob(f"{taken.sha256}-*"):
        rendition.unlink()
    assert reporting.make(home.parts, paper) != made, "a lost photo is left out, the paper is still made"
    with home.parts.db.write() as session:
        withdrawing.ask(session, best, "izin dicabut", BY)
    assert _read(home).photo is None
    for wrong in ("2026-10", "2026-S1", "30"):
        with pytest.raises(Problem, match="report_month"):
            _read(home, wrong)

    runner, target = CliRunner(), tmp_path / "laporan.pdf"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reports, "parts", lambda: home.parts)
        asked = ["month", "--org", str(home.id), "--month", "2026-08", "--output", str(target), "--json"]
        ran = runner.invoke(reports.report, asked)
        assert json.loads(ran.stdout)["month"] == "2026-08"
        assert target.read_bytes().startswith(b"%PDF-")
        ran = runner.invoke(reports.report, [*asked[:2], "999", *asked[3:]])
        assert (ran.exit_code, ran.stderr.strip()) == (1, "Organisasi dengan nomor 999 tidak ada.")


#: when (local), the month whose report goes out
TIMES = [
    ("2026-08-31 23:59", None), ("2026-09-01 06:59:59", None), ("2026-09-01 07:00", "2026-08"),
    ("2026-09-06 06:59", "2026-08"), ("2026-09-06 07:00", None), ("2027-01-02 09:00", "2026-12"),
]  # fmt: skip


def test_when_it_is_due() -> None:
    for words, month in TIMES:
        for zone in ("Asia/Jakarta", "Asia/Jayapura"):
            at = datetime.fromisoformat(words).replace(tzinfo=ZoneInfo(zone))
            assert reporting.due(at.astimezone(UTC), zone) == month, (words, zone)


def test_once_a_month_with_two_workers_to_those_in_charge(home: Village, mailbox: Mailbox) -> None:
    _published(home, 3, 90)
    person(home.parts, home.id, "Juri", "juri")
    with on("2026-09-01 08:00"):
        assert reporting.send_due(home.parts, monthly.read) == 0, "off until somebody switches it on"
    with home.parts.db.write() as session:
        reporting.switch(session, home.id, BY, on=True)
        reporting.switch(session, home.id, BY, on=True)
    start = threading.Barrier(2)

    def one() -> None:
        start.wait(10)
        reporting.send_due(home.parts, monthly.read)

    with on("2026-09-02 08:00"):
        threads = [threading.Thread(target=one) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        digest_job.run(home.parts, lambda: True)
        notify.run(home.parts, lambda: True)
    assert sorted(to for to, _ in mailbox.came) == ["ade@uji.example", "dadan@uji.example"]
    (mail,) = mailbox.to("ade@uji.example")
    assert mail["Subject"] == "Kentongan IPSM Leuwisadeng: laporan Agustus 2026"
    (file,) = mail.iter_attachments()
    assert file.get_filename() == "Laporan IPSM Leuwisadeng Agustus 2026.pdf"
    assert file.get_content_type() == "application/pdf"
    assert file.get_content().startswith(b"%PDF-")
    with on("2026-09-05 08:00"):
        assert reporting.send_due(home.parts, monthly.read) == 0
    with on("2026-10-01 08:00"):
        assert reporting.send_due(home.parts, monthly.read) == 0, "a month without a post and a message is quiet"
    assert len([letter for letter in rows(home.parts)[1] if letter.causes[0].startswith("report:")]) == 2
    with home.parts.db.read() as session:
        told = [
            (event.what, event.facts) for event in session.exec(select(Event).where(Event.subject == "organisation"))
        ]
    assert [facts for what, facts in told if what == "monthly_report_switch"] == [{"to": True}], (
        "once, though asked twice"
    )
    assert [facts["month"] for what, facts in told if what == "monthly_report"] == ["2026-08", "2026-09"]
