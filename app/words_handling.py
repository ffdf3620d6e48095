"""What a person cannot do with an inbox item, in Indonesian (codes of the services that handle items)."""

from __future__ import annotations

PROBLEMS = {
    "answered_meanwhile": "{who} baru saja membalas aspirasi ini. Balasan Anda belum dikirim; baca dahulu balasannya.",
    "urgent_not_canned": "Laporan ini darurat. Tulis jawaban dengan kata-kata Anda sendiri, bukan balasan siap pakai.",
    "not_by_itself": "Komentar ini tidak boleh disembunyikan tanpa diputuskan orang.",
    "reason_short": "Untuk kritik, keluhan, dan laporan darurat, tulis alasannya sedikitnya {least} kata.",
    "reason_dislike": "“Tidak suka” atau “merusak nama baik” bukan alasan untuk menghilangkan suara warga. "
    "Jawab saja, atau tulis aturan yang dilanggar komentar ini.",
    "delete_on_its_way": "Komentar ini sedang dihapus di platformnya.",
    "private_window": "Balasan pribadi hanya dapat dikirim dalam {days} hari sejak komentar ditulis. "
    "Salin tulisan Anda, lalu kirim lewat aplikasinya.",
    "private_once": "Warga ini sudah dikirimi satu balasan pribadi untuk komentar ini; platform hanya mengizinkan "
    "satu. Salin tulisan Anda, lalu lanjutkan lewat aplikasinya.",
    "private_right": "Akun ini belum diberi izin mengirim pesan pribadi ({permission}). "
    "Salin tulisan Anda, lalu kirim lewat aplikasinya.",
    "about_that_member": "Laporan ini menyangkut orang itu, jadi tidak dapat ditangani olehnya.",
    "agencies_many": "Daftar pihak sudah penuh; paling banyak {most}. Hapus dahulu yang tidak dipakai.",
    "date_unreadable": "Tanggalnya tidak terbaca. Pilih dari kalender, atau tulis seperti 2026-12-31.",
    "unknown_member": "Orang itu bukan anggota organisasi ini.",
    "label_long": "Label terlalu panjang; paling banyak {most} huruf.",
    "labels_many": "Label terlalu banyak; paling banyak {most}.",
    "join_self": "Aspirasi tidak dapat digabung dengan dirinya sendiri.",
    "join_circle": "Aspirasi itu sudah digabung ke aspirasi ini.",
    "join_elsewhere": "Aspirasi itu milik organisasi lain.",
    "joined_already": "Kedua aspirasi itu sudah digabung.",
    "joined_many": "Terlalu banyak yang digabung; paling banyak {most}.",
    "not_joined": "Aspirasi ini tidak digabung dengan yang lain.",
    "secret_of_resident": "Warga yang meminta ini dirahasiakan, jadi tidak dapat dibuka.",
    "unknown_urgency": "Pilih jenis daruratnya: {known}.",
    "unknown_attachment": "Jenis foto “{name}” tidak dikenal. Pilih salah satu: {known}.",
    "not_for_the_public": "Hanya foto bukti dari laporan yang tidak rahasia yang dapat diperlihatkan kepada umum.",
    "unknown_channel": "Saluran “{name}” tidak dikenal. Pilih salah satu: {known}.",
    "date_past": "Tanggal itu sudah lewat.",
    "date_far": "Tanggal itu lebih dari setahun lagi. Periksa tahunnya.",
    "handed_already": "{agency} sudah menerima laporan ini dan belum menjawab.",
    "unknown_handover": "Penerusan dengan nomor {id} tidak ada.",
    "not_handed": "Penerusan ke {agency} sudah ditutup.",
    "proof_needed": "Keluhan baru selesai kalau ada buktinya: tulis apa yang sudah dikerjakan (sedikitnya {least} "
    "kata), atau tambahkan foto.",
    "unknown_promise": "Janji dengan nomor {id} tidak ada.",
    "promise_closed": "Janji itu sudah dicatat selesai.",
    "unknown_canned": "Balasan siap pakai dengan nomor {id} tidak ada.",
    "unknown_field": "Isian “{name}” tidak dikenal. Yang ada: {known}.",
    "name_taken": "Nama “{name}” sudah dipakai.",
    "canned_many": "Balasan siap pakai terlalu banyak; paling banyak {most}.",
    "too_many_at_once": "Sekali ubah paling banyak {most} aspirasi.",
    "one_change": "Pilih satu perubahan saja.",
    "nothing_to_undo": "Perubahan itu tidak dapat dikembalikan lagi.",
    "changed_since": "Sudah diubah lagi sesudahnya.",
    "urgent_kept": "Laporan darurat tidak dapat ditandai spam bersama-sama. Buka, lalu putuskan satu per satu.",
}
