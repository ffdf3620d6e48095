"""A day that an answer promises: a table, from a Wednesday."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.language.promised import find_date

#: Rabu.
TODAY = date(2026, 8, 19)

TABLE = [
    ("Kami cek besok, Pak.", date(2026, 8, 20)),
    ("bsk pagi petugas ke sana", date(2026, 8, 20)),
    ("lusa kami kabari", date(2026, 8, 21)),
    ("besok lusa", date(2026, 8, 21)),
    ("Hari ini juga kami perbaiki", TODAY),
    ("nanti sore kami ke lokasi", TODAY),
    ("Paling lambat Senin", date(2026, 8, 24)),
    ("paling lambat hari Senin, 24 Agustus 2026 sudah beres", date(2026, 8, 24)),
    ("Senin depan", date(2026, 8, 24)),
    ("hari Jum'at kami ke lokasi", date(2026, 8, 21)),
    ("Rabu kami rapat", date(2026, 8, 26)),
    ("Rabu ini kami rapat", TODAY),
    ("hari Minggu ada kerja bakti", date(2026, 8, 23)),
    ("sebelum Minggu", date(2026, 8, 22)),
    ("minggu depan kami kabari", date(2026, 8, 28)),
    ("Senin minggu depan", date(2026, 8, 24)),
    ("pekan ini", date(2026, 8, 21)),
    ("akhir bulan", date(2026, 8, 31)),
    ("awal bulan depan", date(2026, 9, 7)),
    ("bulan depan", date(2026, 9, 30)),
    ("24 Agustus", date(2026, 8, 24)),
    ("24 agt ya bu", date(2026, 8, 24)),
    ("tgl 24", date(2026, 8, 24)),
    ("tanggal 5 kami kabari", date(2026, 9, 5)),
    ("24/8/2026", date(2026, 8, 24)),
    ("tanggal 24-8", date(2026, 8, 24)),
    ("2 Januari", date(2027, 1, 2)),
    ("dalam 3 hari", date(2026, 8, 22)),
    ("dalam waktu 3 hari kerja", date(2026, 8, 24)),
    ("tiga hari lagi", date(2026, 8, 22)),
    ("dua minggu ke depan", date(2026, 9, 2)),
    ("sebulan lagi", date(2026, 9, 19)),
    ("maksimal 2 x 24 jam", date(2026, 8, 21)),
    ("Besok kami rapat, paling lambat Jumat kami kabari", date(2026, 8, 21)),
    ("sebelum 24 Agustus", date(2026, 8, 23)),
    # No day of the future, or no day at all.
    ("Terima kasih, kami cek", None),
    ("", None),
    ("sejak Senin lampu mati", None),
    ("Senin lalu sudah kami cek", None),
    ("kemarin kami ke sana", None),
    ("12 Agustus 2026 sudah kami cek", None),
    ("1 Maret kami ke sana", None),
    ("sudah 3 hari mati", None),
    ("dua minggu tidak ada kabar", None),
    ("tiap minggu kami rapat", None),
    ("Jalan 1/2 rusak di RT 03/05", None),
    ("31 Februari", None),
    ("99/99/2026", None),
    ("UU 11/2009 pasal 3", None),
    ("hubungi 112", None),
]


@pytest.mark.parametrize(("text", "day"), TABLE)
def test_a_promised_day(text: str, day: date | None) -> None:
    assert find_date(text, TODAY) == day
    assert find_date(text.upper(), TODAY) == day


@given(
    st.text(alphabet="senin seblumgdpa0123456789/-x jt", max_size=60), st.dates(date(2000, 1, 1), date(2090, 12, 31))
)
def test_never_a_day_of_the_past_and_never_an_error(text: str, today: date) -> None:
    found = find_date(text, today)
    assert found is None or today <= found


def test_a_long_text_is_read_in_no_time() -> None:
    import time

    began = time.process_time()
    find_date("minggu senin 24/8 tanggal dalam 3 " * 300, TODAY)
    assert time.process_time() - began < 1
    assert find_date("x", TODAY + timedelta(days=1)) is None
