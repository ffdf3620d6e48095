"""Why a rubric or a snapshot of an award cannot be used (app/awarding raises these codes as Unusable)."""

from __future__ import annotations

PROBLEMS = {
    "rubric_shape": "Aturan penilaian tidak terbaca pada bagian “{key}”. Bandingkan dengan aturan bawaan.",
    "rubric_key": "Aturan penilaian tidak mengenal “{key}”. Periksa ejaannya.",
    "rubric_number": "Aturan “{key}” harus berupa angka, tanpa tanda kutip.",
    "rubric_range": "Aturan “{key}” harus antara {least} dan {most}.",
    "rubric_places": "Aturan “{key}” paling banyak {places} angka di belakang koma.",
    "rubric_whole": "Aturan “{key}” harus bilangan bulat.",
    "rubric_weights": "Paling sedikit satu bobot harus lebih dari nol.",
    "rubric_speed": "Jam bernilai nol ({zero}) harus lebih lama daripada jam bernilai penuh ({full}).",
    "rubric_reading": "Kelonggaran waktu baca harus lebih pendek daripada umur kiriman saat dibaca.",
    "rubric_bands": "Batas pengikut harus naik dan tidak berulang, misalnya 500, 2.000, 10.000.",
    "rubric_names": "Nama pada “{key}” kosong, berulang, atau terlalu panjang.",
    "canonical_content": "Ada isi yang tidak dapat dibekukan pada {where}: {reason}.",
    "canonical_json": "Berkas beku tidak terbaca: {reason}.",
    "snapshot_layout": "Susunan berkas beku ini tidak dikenal. Perbarui programnya.",
    "snapshot_shape": "Berkas beku tidak lengkap atau keliru pada {where}.",
    "snapshot_number": "Berkas beku memuat angka yang tidak mungkin pada {where}.",
    "snapshot_time": "Berkas beku memuat waktu yang tidak terbaca pada {where}.",
    "snapshot_zone": "Berkas beku memuat zona waktu yang tidak dikenal pada {where}.",
    "snapshot_twice": "Berkas beku memuat hal yang sama dua kali: {where}.",
    "account_not_public": "Akunnya tidak dapat dilihat semua orang.",
    "few_posts": "{posts} kiriman; syaratnya {least}.",
    "few_months": "Ada kiriman pada {months} dari {of} bulan; syaratnya {least} bulan.",
    "few_eligible": "Baru {eligible} peserta memenuhi syarat; peringkat diberikan mulai {least} peserta.",
    "no_figures": "Belum ada satu pun angka yang dapat dinilai.",
}
