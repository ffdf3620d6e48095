"""What is wrong with a table that was handed in, in Indonesian: as a whole, or in one of its rows."""

from __future__ import annotations

PROBLEMS = {
    "table_columns": "Kolom {missing} tidak ditemukan. Pakai baris judul seperti di berkas contoh.",
    "table_faults": "Baris {line}: {reason} Seluruhnya {count} baris bermasalah, jadi belum ada yang disimpan.",
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
    # A table of LAPOR! figures (app/services/lapor_table.py).
    "lapor_agency": "Nama perangkat daerah belum diisi atau terlalu panjang.",
    "lapor_twice": "{name} sudah ada di baris {first}. Gabungkan dahulu.",
    "lapor_missing": "Kolom {column} kosong. Tulis 0 bila memang tidak ada.",
    "lapor_number": "Kolom {column} berisi “{text}”, bukan angka. Tulis seperti 1.234,5.",
    "lapor_formula": "Kolom {column} berisi rumus “{text}”. Tempel sebagai nilai.",
    "lapor_whole": "Kolom {column} berisi “{text}”; jumlah laporan harus bilangan bulat.",
    "lapor_range": "Kolom {column} berisi “{text}”, di luar batas yang wajar.",
    "lapor_sum": "{name}: ditindaklanjuti {followed} dan diarsipkan {archived} lebih banyak daripada masuk {received}.",
    "lapor_total": "Jumlah {column} di baris ini {told}, padahal baris-baris di atasnya berjumlah {counted}.",
    "lapor_rest": "{name}: ditindaklanjuti, dalam proses, dan diarsipkan tidak sama dengan laporan masuk.",
    "lapor_scale": "Kualitas paling tinggi hanya {most}. Bila ukurannya bukan 0–100, pilih ukuran yang benar.",
    "lapor_same": "Berkas yang sama sudah diimpor sebagai “{name}”.",
    "lapor_changed": "Pratinjau itu sudah tidak berlaku. Pilih berkasnya sekali lagi.",
    "lapor_days": "Tanggal akhir lebih awal daripada tanggal awal.",
    "unknown_lapor": "Tabel LAPOR! itu tidak ada, atau sudah dihapus.",
}
