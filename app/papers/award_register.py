"""The register of an award as a workbook that can be filled in and handed back (services/registering reads it)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app import words_award
from app.papers.sheets import Column, Sheet
from app.papers.sheets import xlsx as workbook

COLUMNS = (
    Column("Nomor", 8), Column("Kode wilayah", 15), Column("Nama", 34), Column("Kategori", 18), Column("Ikut", 7),
    Column("Bergabung", 13), Column("Terbuka", 9), Column("Catatan akun", 30), Column("Catatan", 30),
    Column("Keadaan", 14), Column("Diukur dari", 18), Column("Kiriman", 9), Column("Mengapa tidak ikut", 34),
)  # fmt: skip


def xlsx(rows: Iterable[Any], zone: str) -> bytes:
    """rows: app.queries.register.Row. The first nine columns are read when it comes back."""
    lines = [
        [
            row.organisation_id, row.region_code, row.organisation, row.category, _part(row),
            row.joined_on, "ya" if row.public else "tidak", row.public_note, row.note, row.standing,
            ", ".join(row.sources), row.posts, words_award.left_out(row.reason) if row.reason else None,
        ]
        for row in rows
    ]  # fmt: skip
    return workbook([Sheet("Peserta", COLUMNS, lines)], zone)


def _part(row: Any) -> str | None:
    """Empty where no person said so: handed back as it is, the table changes nothing."""
    if row.takes_part:
        return "ya"
    return None if row.reason in words_award.LEFT_OUT else "tidak"
