"""Files of an award: the ranking as XLSX, CSV and PDF, a lembar nilai and a certificate as PDF."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app import clock, times, words_award
from app.awarding import rubric as rubrics
from app.models import Award
from app.papers import award_paper, award_sheet
from app.parts import Parts
from app.problems import Problem
from app.queries import award_sheet as sheets
from app.queries import frozen, periods, standings_award
from app.queries.award_sheet import Sheet
from app.queries.masking import mask
from app.queries.standings_award import Standings
from app.services import awards, freezing

FORMATS = ("xlsx", "csv", "pdf")
#: Sheets of participants behind the ranking of a PDF; more are their own files.
_SHEETS_MOST = 600


def made(parts: Parts, award_id: int, kind: str, version: int | None = None) -> bytes:
    """The ranking as a file: of a version, None: the newest, before the first freeze provisional.

    Problem: unknown_award, unknown_version, paper_failed.
    """
    found = standings_award.standings(parts, award_id, version=version, fresh=True)
    with parts.db.read() as session:
        award = awards.get(session, award_id)
        row = freezing.version_of(session, award_id, found.version) if found.version is not None else None
    if kind == "csv":
        return award_sheet.csv(found, award.zone)
    rules = rubrics.read(award.rubric)
    if kind == "xlsx":
        participants = frozen.participants(row) if row is not None else ()
        return award_sheet.xlsx(about(award, found), found, rules, participants)
    firm = standings_award.firmness(parts, found)
    return award_paper.hasil(about(award, found), found, rules, firm, clock.now(), found.places[:_SHEETS_MOST])


def lembar(parts: Parts, award_id: int, organisation_id: int, version: int | None = None) -> tuple[bytes, Sheet]:
    """The lembar nilai of one participant as PDF, and what is on it. Problem: as of ``award_sheet.sheet``."""
    found = sheets.sheet(parts, award_id, organisation_id, version)
    standings = standings_award.standings(parts, award_id, version=version)
    shown = replace(found, participant=_masked(found.participant))
    return award_paper.lembar(about(found.award, standings), shown, clock.now()), found


def _masked(participant: dict[str, Any]) -> dict[str, Any]:
    """As the page shows it: numbers and addresses that slipped into a caption or a reason go into no paper."""
    posts = [{**post, "caption": mask(post["caption"])} for post in participant["posts"]]
    excluded = [{**post, "reason": mask(post["reason"])} for post in participant["excluded_posts"]]
    breaches = [{**each, "what": mask(each["what"])} for each in participant["breach_details"]]
    return {**participant, "posts": posts, "excluded_posts": excluded, "breach_details": breaches}


def sertifikat(parts: Parts, award_id: int, organisation_id: int) -> bytes:
    """The certificate of a ranked participant, once the result is released.

    Problem: unknown_award, award_not_released, not_participant, certificate_none (it has no rank).
    """
    found = standings_award.standings(parts, award_id)
    with parts.db.read() as session:
        award = awards.get(session, award_id)
    if award.state != "released":
        raise Problem("award_not_released")
    place = next((each for each in found.places if each.organisation_id == organisation_id), None)
    if place is None:
        raise Problem("not_participant", id=organisation_id)
    if place.rank is None:
        raise Problem("certificate_none")
    return award_paper.sertifikat(about(award, found), place, award.released_at or clock.now())


def about(award: Award, found: Standings) -> dict[str, Any]:
    """What every paper says of an award and its version, in words. facts: [(about what, what)]."""
    period = periods.span(award.first, award.last)
    at = times.local(found.at, award.zone)
    moment = f"{times.plain_date(at.date())}, {times.clock_time(found.at, award.zone)}"
    if found.version is None:
        title, said = "Nilai sementara", f"Dihitung {moment}; belum dibekukan."
    else:
        title, said = f"Hasil versi {found.version}", f"Versi {found.version}, dibekukan {moment}."
    notes = [words_award.EARLY] if found.version is not None and found.early else []
    notes += [words_award.FIXED_LATE] if awards.fixed_late(award) else []
    facts = [("Penilaian", award.name), ("Masa", period), ("Versi", said)]
    if found.sha256:
        facts.append(("Sidik data (SHA-256)", found.sha256))
    facts += [("Sidik aturan (SHA-256)", award.rubric_sha256 or "-"), *(("Catatan", note) for note in notes)]
    return {
        "name": award.name,
        "period": period,
        "zone": award.zone,
        "title": title,
        "said": said,
        "sha256": found.sha256,
        "notes": notes,
        "facts": facts,
        "provisional": found.version is None,
    }
