"""What is wrong with a table that was handed in, in Indonesian: as a whole, or in one of its rows."""

from __future__ import annotations

PROBLEMS = {
    "table_columns": "Kolom {missing} tidak ditemukan. Pakai baris judul seperti di berkas contoh.",
    "table_faults": "{count} baris bermasalah, jadi belum ada yang disimpan. Yang pertama, baris {line}: {reason}",
    # A row of the regions (app/services/region_lines.py).
    "region_code": "“{text}” bukan kode wilayah Kemendagri. Tulis seperti 32.01.39.2001.",
    "region_code_cut": "Kode “{text}” kehilangan angka, mungkin nol yang dibuang Excel. Tulis kolom kode sebagai teks.",
    "region_code_village": "Kode “{text}” bukan kode desa Kemendagri: bagian keempat berawal 1, 2, atau 3. "
    "Mungkin ini kode BPS.",
    "region_name": "Nama wilayah {code} belum diisi atau terlalu panjang.",
    "region_twice": "Kode {code} sudah ada di baris {first} dengan nama lain, “{name}”.",
    "region_parent": "Induk {parent} dari {code} tidak ada, baik di berkas maupun di daftar.",
    # Regions and their organisations.
    "unknown_region": "Wilayah dengan kode “{code}” tidak ada di daftar. Impor dahulu daftarnya.",
    "region_not_above": "Wilayah {code} tidak berisi kecamatan atau desa. Sebutkan kode kabupaten atau kecamatan.",
    "region_none_under": "Tidak ada baris di bawah {code} dalam berkas itu.",
    "succeed_self": "Organisasi tidak dapat menjadi penerus dirinya sendiri.",
    "succeed_circle": "{successor} sudah didahului oleh {predecessor}; penerus tidak boleh berputar kembali.",
    "succeed_already": "{predecessor} sudah tercatat diteruskan oleh {successor}.",
    "succeed_unknown": "Tidak tercatat bahwa organisasi {predecessor} diteruskan oleh organisasi {successor}.",
    "left_before_joined": "Tanggal keluar lebih awal daripada tanggal bergabung.",
}
