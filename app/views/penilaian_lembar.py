"""The lembar nilai of one participant: where each figure comes from, its evidence, and objecting to it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for

from app import clock, times, words_award, words_lembar
from app.awarding import rubric
from app.forms.penilaian_lembar import Sanggahan
from app.frame import actor, parts, say, standing, words_of
from app.problems import Problem
from app.queries import award_files, award_sheet
from app.queries.award_sheet import Sheet
from app.queries.masking import mask
from app.rights import held, needs
from app.services import awards, freezing, jury, objections
from app.services.gathering_notes import juror_key
from app.views import _penilaian as own

bp = Blueprint("penilaian_lembar", __name__)


@bp.get("/penilaian/<int:award_id>/lembar/<int:organisation_id>")
@needs("penilaian.lihat", of_object=True)
def show(award_id: int, organisation_id: int) -> Any:
    """?versi=1."""
    award = own.opened(award_id, figures=True)
    return _page(award, organisation_id, Sanggahan())


@bp.post("/penilaian/<int:award_id>/lembar/<int:organisation_id>/sanggah")
@needs("penilaian.sanggah", of_object=True)
def sanggah(award_id: int, organisation_id: int) -> Any:
    """Object, for one's own organisation."""
    award = own.opened_for(award_id, organisation_id)
    form = Sanggahan(request.form)
    if form.validate():
        try:
            with parts().db.write() as session:
                made = objections.file(session, award_id, organisation_id, actor(), form.part.data, form.text.data)
                until = made.answer_by
        except Problem as problem:
            form.blame(problem, words_of(problem))
        else:
            say(f"Sanggahan tercatat. Jawabannya paling lambat {times.moment(until, own.zone_of(award), clock.now())}.")
            return redirect(_address(award_id, organisation_id), 303)
    return _page(award, organisation_id, form), 422


@bp.post("/penilaian/<int:award_id>/lembar/<int:organisation_id>/sanggah/<int:objection_id>/tarik")
@needs("penilaian.sanggah", of_object=True)
def tarik(award_id: int, organisation_id: int, objection_id: int) -> Any:
    """Take one's own objection back."""
    own.opened_for(award_id, organisation_id)
    try:
        with parts().db.write() as session:
            made = objections.get(session, objection_id)
            if (made.award_id, made.organisation_id) != (award_id, organisation_id):
                abort(404)
            objections.withdraw(session, objection_id, actor())
    except Problem as problem:
        say(words_of(problem), "fail")
    else:
        say("Sanggahan ditarik.")
    return redirect(_address(award_id, organisation_id), 303)


@bp.get("/penilaian/<int:award_id>/lembar/<int:organisation_id>/unduh")
@needs("penilaian.lihat", of_object=True)
def unduh(award_id: int, organisation_id: int) -> Any:
    """The sheet as PDF. ?versi=1."""
    own.opened(award_id, figures=True)
    try:
        content, _ = award_files.lembar(parts(), award_id, organisation_id, own.asked())
    except Problem:
        abort(404)
    answer = Response(content, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="lembar-nilai-{award_id}-{organisation_id}.pdf"'
    return answer


@bp.get("/penilaian/<int:award_id>/lembar/<int:organisation_id>/piagam")
@needs("penilaian.lihat", of_object=True)
def piagam(award_id: int, organisation_id: int) -> Any:
    """The certificate, once the result is released."""
    own.opened(award_id)
    try:
        content = award_files.sertifikat(parts(), award_id, organisation_id)
    except Problem as problem:
        say(words_of(problem), "wait")
        return redirect(_address(award_id, organisation_id), 303)
    answer = Response(content, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="piagam-{award_id}-{organisation_id}.pdf"'
    return answer


def _address(award_id: int, organisation_id: int) -> str:
    return url_for("penilaian_lembar.show", award_id=award_id, organisation_id=organisation_id) + "#sanggahan"


def _page(award: Any, organisation_id: int, form: Any) -> str:
    version = own.asked()
    try:
        sheet = award_sheet.sheet(parts(), award.id, organisation_id, version)
    except Problem:
        abort(404)
    here = standing()
    member = organisation_id in {place for place, _ in here.memberships}
    with parts().db.read() as session:
        versions = freezing.versions(session, award.id)
        # By number: what they gave counts, not who they are.
        jurors = {juror_key(row.id or 0): f"Juri {n}" for n, row in enumerate(jury.jurors(session, award.id), 1)}
        speaks = member and "penilaian.sanggah" in held(session, here.person_id, organisation_id)
        reads = "kotak.baca" in held(session, here.person_id, organisation_id)
    manages = own.manages(award)
    given = {
        "award": award,
        "part": sheet.participant,
        "asked": version,
        "deciding": manages and award.state in ("fixed", "frozen"),
        "reads": reads,
        "criteria": rubric.read(award.rubric).criteria,
        "jurors": jurors,
        "words": words_lembar,
        "at": moment_of,
        "mask": mask,
    }
    return render_template(
        "penilaian/lembar.html",
        **given,
        given=given,
        sheet=sheet,
        place=sheet.place,
        form=form,
        versions=versions,
        names=words_award.INDICATORS,
        tones=own.TONES,
        points=own.points(sheet.place),
        label=own.label(sheet.place),
        reason=words_award.reason,
        told=lambda line: words_lembar.told(line.indicator, line.detail, line.figure, sheet.denominators),
        excluded=words_award.EXCLUDED,
        weeks=_weeks(sheet),
        inside=member or manages or "pengelola" in {role for _, role in here.memberships},
        objecting=speaks and _objecting(award),
        fixed_late=awards.fixed_late(award),
        handled=words_lembar.handled,
        flagged=lambda one: words_lembar.flag(one["kind"], one["facts"], own.zone_of(award)),
    )


def _objecting(award: Any) -> bool:
    until = award.objections_until
    return bool(award.state in ("frozen", "released") and until is not None and clock.now() <= until)


def _weeks(sheet: Sheet) -> list[tuple[str, int]]:
    """(the week's Monday, posts in it)."""
    from datetime import timedelta

    detail = next(line.detail for line in sheet.lines if line.indicator == "konsistensi")
    by_week = detail.get("by_week") or []
    # A week belongs to the period with its Thursday.
    first = sheet.award.first + timedelta(days=(3 - sheet.award.first.weekday()) % 7) - timedelta(days=3)
    return [
        (times.short_date(first + timedelta(weeks=place), sheet.award.last), int(posts))
        for place, posts in enumerate(by_week)
    ]


def moment_of(text: str | None) -> datetime | None:
    """A time of the snapshot."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None
