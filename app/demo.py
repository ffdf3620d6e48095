"""The demo's sample data: a kabupaten, a kecamatan, an IPSM with people, two practice accounts, its own page,
some posts, and an award that begins with the next half year.

Everything else that the demo shows, it does: the posts are published over HTTP, residents of the practice platform
answer, jobs collect and count.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from sqlmodel import select

from app import clock
from app.models import ROLES, Organisation
from app.parts import Parts
from app.problems import Problem
from app.services import awards, drafting, own_page, people, practising, profiles, queueing
from app.settings import Settings
from app.states import Actor
from connectors.practice.control import Control
from media import intake, sample

MARK = ".kentongan-demo"
DEMO = Actor("peragaan")
NAMES = {
    "petugas": "Yuni Astuti",
    "koordinator": "Dede Kurnia",
    "pembina": "Lilis Suryani",
    "juri": "Asep Hidayat",
    "kominfo": "Nining Wulandari",
    "pengelola": "Bagus Pratama",
}
FIRST = (
    "Posyandu lansia Desa Contoh, 32 lansia diperiksa hari ini. Terima kasih kader dan bidan desa yang sudah datang "
    "sejak pagi. 🙏\n\nJadwal berikutnya kami umumkan di sini. Ada usul atau keluhan? Tulis di komentar, kami jawab.\n"
    "#IPSM #PosyanduLansia #DesaContoh"
)
LATER = "Kerja bakti saluran air Kampung Kalong bersama Karang Taruna. Mari ikut, bawa cangkul dan ember!"
REVIEW = "Penyaluran sembako untuk 14 keluarga di Wangunjaya. Data penerima tidak kami tayangkan."
DRAFT = "Rapat rencana kerja bulan depan bersama kader Sibanteng."


def email(role: str) -> str:
    """The demo person of a role signs in with this address (by one click, and only in a demo home)."""
    return f"{role}@demo.kentongan.example"


def is_demo(home: Path) -> bool:
    """Whether this home carries the demo's mark."""
    return (home / MARK).exists()


def mark(settings: Settings) -> None:
    """Mark an empty home as the demo's. Problem("not_demo_home") when it holds anything else."""
    home = settings.home
    if is_demo(home):
        return
    if home.exists() and any(home.iterdir()):
        raise Problem("not_demo_home", home=home)
    home.mkdir(parents=True, exist_ok=True)
    (home / MARK).write_text("Data peragaan Kentongan. Boleh dihapus seluruhnya.\n", encoding="utf-8")


def fill(parts: Parts, platform: str) -> None:
    """Put the sample data in, once. platform: address of the running practice platform."""
    with parts.db.read() as session:
        if session.exec(select(Organisation.id).limit(1)).first() is not None:
            return
    organisation_id = _people(parts)
    page = Control(platform).make_page("IPSM Desa Contoh", "ipsm.desacontoh", followers=860, ig_followers=430)
    connected = practising.connect(parts, organisation_id, page, DEMO)
    connected.append(_own_page(parts, organisation_id))
    _posts(parts, organisation_id, connected)
    _award(parts, organisation_id)


def _people(parts: Parts) -> int:
    with parts.db.write() as session:
        regency = people.add_organisation(
            session, DEMO, name="Diskominfo Kabupaten Contoh", category="perangkat daerah", region_code="32.99"
        )
        district = people.add_organisation(
            session, DEMO, name="Kecamatan Contoh", category="kecamatan", region_code="32.99.01", parent_id=regency
        )
        ours = people.add_organisation(
            session, DEMO, name="IPSM Desa Contoh", category="organisasi", region_code="32.99.01", parent_id=district
        )
        for role in ROLES:
            people.add_person(
                session,
                DEMO,
                email=email(role),
                name=NAMES[role],
                role=role,
                organisation_id=regency if role == "kominfo" else ours,
                # Nobody knows it: the demo signs in by one click.
                password=parts.sealer.key_for(f"demo {role}").hex(),
            )
    return ours


def _own_page(parts: Parts, organisation_id: int) -> int:
    """The page for everybody, /o/ipsm-desa-contoh; its account."""
    account_id = own_page.open_page(parts, organisation_id, "ipsm-desa-contoh", DEMO)
    said = {
        "tagline": "Tetangga yang membantu tetangga, di empat desa",
        "about": "Relawan kami mendampingi lansia, penyandang disabilitas, dan keluarga yang butuh layanan sosial.",
        "hours": "Senin–Jumat, 08.00–16.00 WIB",
        "villages": ["Kalong", "Sibanteng", "Wangunjaya", "Contoh"],
    }
    with parts.db.write() as session:
        profiles.edit(
            session,
            organisation_id,
            DEMO,
            said,
            sk_number="SK Camat Contoh nomor 400/12/2022",
            office_from=date(2022, 7, 18),
            office_to=date(2027, 7, 18),
        )
    return account_id


def _award(parts: Parts, organisation_id: int) -> None:
    """What kominfo evaluates in the half year that comes, told beforehand as it should be."""
    today = clock.now().date()
    year, month = (today.year, 7) if today.month < 7 else (today.year + 1, 1)
    last = date(year, 6, 30) if month == 1 else date(year, 12, 31)
    with parts.db.write() as session:
        above = session.get(Organisation, organisation_id)
        while above is not None and above.parent_id is not None:
            above = session.get(Organisation, above.parent_id)
        wish = awards.Wish(
            f"Anugerah Media Sosial, Semester {'I' if month == 1 else 'II'} {year}",
            date(year, month, 1),
            last,
            ("kecamatan", "desa", "organisasi"),
            organisation_id=above.id if above else None,
        )
        awards.fix(session, awards.create(session, DEMO, wish).id or 0, DEMO)


def _posts(parts: Parts, organisation_id: int, account_ids: list[int]) -> None:
    present = clock.now()
    photos = {
        "posyandu": ("Kader menimbang di bawah tenda posyandu, beberapa ibu menunggu giliran.", 1),
        "meeting": ("Warga duduk di tikar balai desa mendengarkan penjelasan di depan papan.", 2),
        "road": ("Jalan kampung yang sedang dicor, dua orang bekerja di tepinya.", 3),
    }
    taken = {kind: intake.take(sample.drawn(kind, seed), store=parts.store) for kind, (_, seed) in photos.items()}
    plan = (
        (FIRST, ("posyandu", "meeting"), None, "approve"),
        (LATER, ("road",), present + timedelta(hours=20), "approve"),
        (REVIEW, ("meeting",), present + timedelta(hours=5), "submit"),
        (DRAFT, (), None, "draft"),
    )
    with parts.db.write() as session:
        author = Actor(NAMES["petugas"], people.person_by_email(session, email("petugas")).id)
        approver = Actor(NAMES["pembina"], people.person_by_email(session, email("pembina")).id)
        for caption, kinds, due_at, end in plan:
            post = drafting.create(
                session, organisation_id, author, caption=caption, account_ids=account_ids, due_at=due_at
            )
            assert post.id is not None
            for kind in kinds:
                drafting.add_photo(session, post.id, taken[kind], author, alt_text=photos[kind][0])
            if end == "submit":
                drafting.submit(session, post.id, author)
            elif end == "approve":
                queueing.approve(session, parts.settings, post.id, approver)
