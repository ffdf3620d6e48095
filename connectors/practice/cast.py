"""The cast: residents of a practice desa in West Java, what kind of thing each says, and their words.

All people, places and brands are made up. The words are what an inbox of a desa meets: praise, questions, complaints
about roads and aid, suggestions, plain criticism, a little Sundanese, emoji, and gambling spam with unicode tricks.
"""

from __future__ import annotations

from dataclasses import dataclass

#: Kinds of a comment; ``balas`` answers another resident, ``lanjut`` answers the Page's reply.
KINDS = ("pujian", "pertanyaan", "keluhan", "saran", "kritik", "sunda", "emoji", "spam", "balas", "lanjut")


@dataclass(frozen=True, slots=True)
class Resident:
    """name on Facebook, handle on Instagram; ``says``: the kinds this one writes; anonymous: ``from`` is withheld."""

    name: str
    handle: str
    says: tuple[str, ...]
    anonymous: bool = False


CAST = (
    Resident("Euis Komariah", "euis.komariah", ("pujian", "sunda")),
    Resident("Asep Supriatna", "asepsupri_78", ("keluhan", "kritik")),
    Resident("Yayah Rokayah", "yayah.rokayah", ("pertanyaan", "keluhan")),
    Resident("Dadang Hermawan", "dadang.hrmwn", ("kritik", "saran")),
    Resident("Rina Marlina", "rinamarlina.bunda", ("pertanyaan", "pujian")),
    Resident("Ujang Sutisna", "mang_ujang", ("sunda", "keluhan")),
    Resident("Neng Fitri", "neng.fitriii", ("emoji",)),
    Resident("Hendra Gunawan", "hendragunawan.id", ("saran", "pertanyaan")),
    Resident("Tatang Koswara", "abah.tatang", ("pujian", "sunda")),
    Resident("Siti Nurjanah", "sitinurjanah90", ("keluhan", "pertanyaan")),
    Resident("Bayu Pratama", "bayu.karta", ("balas", "saran")),
    Resident("Imas Masitoh", "imas_masitoh", ("pujian", "keluhan"), anonymous=True),
    Resident("Info Cuan Harian", "cuan.harian.77x", ("spam",)),
)

WORDS: dict[str, tuple[str, ...]] = {
    "pujian": (
        "Alhamdulillah, terima kasih relawan IPSM. Semoga jadi amal jariyah untuk semuanya 🤲",
        "Mantap! Lanjutkan terus kegiatannya, warga sangat terbantu 👍",
        "Salut buat ibu-ibu kader, hujan-hujan tetap turun ke lapangan. Sehat selalu ya bu 🙏",
        "Barakallah, senang lihat desa kita guyub seperti ini",
        "Gacor terus relawan kita 🔥 makasih sudah mau capek buat warga",
        "Keren, jadi pengen ikut bantu kalau ada kegiatan lagi",
    ),
    "pertanyaan": (
        "Punten mau tanya, kapan jadwal berikutnya di RW 05? Kemarin saya tidak kebagian info",
        "Syarat daftar PKH apa saja ya? Boleh lewat RT dulu atau langsung ke desa?",
        "Min, kalau mau ngajuin kursi roda buat ibu saya harus ke mana?",
        "Posyandu lansia bulan ini tanggal berapa ya bu",
        "Ini terbuka untuk umum atau khusus warga yang terdata saja?",
        "Apakah yang belum masuk DTSEN bisa diusulkan lewat IPSM?",
    ),
    "keluhan": (
        "Jalan di Gang Melati RT 03/02 sudah 3 bulan rusak parah, kalau hujan banjir. Sudah lapor RT "
        "belum ada tindakan",
        "Bantuan beras bulan lalu tetangga saya dapat 10 kg, saya cuma 7 kg. Kok bisa dipotong ya? Mohon bantuannya",
        "Posyandu Anggrek timbangannya rusak dari bulan kemarin, bayi jadi ditimbang pakai timbangan beras. "
        "Mohon ditindaklanjuti",
        "KIS bapak saya tiba-tiba nonaktif padahal harus kontrol minggu ini. Tolong dibantu 🙏",
        "Lampu jalan dekat jembatan mati semua dari minggu lalu, anak-anak takut pulang ngaji",
        "Sampah di pinggir pasar sudah seminggu belum diangkut, baunya sampai ke rumah",
    ),
    "saran": (
        "Usul, alangkah baiknya jadwal kegiatan ditempel juga di pos ronda biar yang tidak punya HP tahu",
        "Kalau bisa ke depan adakan pelatihan buat ibu-ibu, jahit atau bikin kue, biar ada penghasilan tambahan",
        "Saran saya pendataan lansia dibantu karang taruna saja, banyak yang nganggur sore-sore 😁",
        "Semoga nanti ada layanan antar obat buat lansia yang tinggal sendiri",
    ),
    "kritik": (
        "Kegiatannya foto-foto terus, yang di RW 07 kok tidak pernah didatangi? Jangan pilih kasih",
        "Tiap tahun cuma seremonial, hasilnya mana? Maaf ya cuma bertanya sebagai warga",
        "Bagus sih, tapi pengumumannya mepet mulu. Baru tahu setelah acaranya selesai 🙃",
    ),
    "sunda": (
        "Hatur nuhun pisan para relawan, mugi-mugi dibales ku Gusti Nu Maha Suci 🙏",
        "Alus pisan euy kagiatanana, sing sarehat sadayana",
        "Punten, di lembur abdi mah jalanna masih keneh ruksak. Iraha atuh didangdosan?",
        "Mugi ka payunna langkung seueur kagiatan kanggo nu sepuh, nuhun",
    ),
    "emoji": ("👍👍👍", "❤️❤️🙏", "🔥🔥👏👏", "😍🙏🏻", "🇮🇩🇮🇩👏"),
    "spam": (
        "𝐌𝐀𝐋𝐀𝐌 𝐈𝐍𝐈 𝐆𝐀𝐂𝐎𝐑!! d3po 10rb jadi 2jt di 𝙆𝙀𝙉𝙏𝘼𝙉𝙂𝟴𝟴 🎰 cek bio",
        "Ｍ Ａ Ｘ Ｗ Ｉ Ｎ terus gaes 🤑 s l o t paling g.a.c.o.r P*U*L*A*U*Z*7*7 WD cepat",
        "Awalnya cuma iseng, scаttеr pecah terus di ĶÈŇŤÂŇĜ88 💸 RTP 98% buktikan sendiri",
        "B\u200bO\u200bN\u200bU\u200bS new member 1OO% ⓚⓔⓝⓣⓐⓝⓖ⑧⑧ anti rungkad, WA di profil",
    ),
    "balas": (
        "Betul, di RT saya juga begitu",
        "Setuju bu, semoga cepat ditindaklanjuti 🙏",
        "Coba langsung ke kantor desa pak, kemarin saya dilayani baik",
        "Sami, abdi ge ngalaman kitu",
        "Jangan lupa bawa fotokopi KK sama KTP ya",
    ),
    "lanjut": (
        "Siap, terima kasih atas jawabannya 🙏",
        "Baik bu/pak, ditunggu kabar selanjutnya ya",
        "Oh begitu, nuhun infona. Besok saya ke kantor desa",
        "Terima kasih, tapi sampai tadi sore belum ada yang datang. Mohon dicek lagi",
        "Alhamdulillah direspon cepat, makasih min",
    ),
}

#: Words that only fit when the caption is about it: caption word → kind → text.
TOPICS: dict[str, dict[str, str]] = {
    "posyandu": {
        "pertanyaan": "Posyandunya mulai jam berapa bu? Anak saya belum imunisasi campak",
        "keluhan": "Vitamin A di posyandu kami habis terus, tiap datang disuruh balik lagi bulan depan",
    },
    "sembako": {
        "pertanyaan": "Sembakonya untuk siapa saja ya? Ibu saya janda umur 71 belum pernah dapat",
        "keluhan": "Tetangga saya yang mampu dapat sembako, yang susah malah tidak. Tolong didata ulang",
    },
    "lansia": {"saran": "Usul ada kunjungan rutin ke lansia yang tinggal sendiri di RW 04, minimal sebulan sekali"},
    "donor": {"pertanyaan": "Donor darahnya boleh untuk umur 60 ke atas tidak ya?"},
    "kerja bakti": {"saran": "Kerja bakti berikutnya kalau bisa selokan depan SD juga, sudah mampet"},
}
