"""Darurat: does somebody's life or safety hang on this comment? Suggested apart from the kind, recall first.

Readable rules over the plain text of ``normal`` (so slang, Sundanese, Javanese and Minang wordings count). A false
alarm costs a coordinator one glance; a missed one may cost a life. Talk *about* such matters (an event against KDRT, a
contest for children) is left out unless somebody near to the writer is concerned.

Numbers shown: 112 emergencies; 119 ext. 8 the health ministry's line for mental crises (SEJIWA); 129 SAPA, the ministry
of women's empowerment and child protection. Source: domain notes section 1 and issue 4.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from app.language.normal import normalise

#: Reason → the numbers to show, the first one first.
NUMBERS: dict[str, tuple[str, ...]] = {
    "bunuh_diri": ("119 ext. 8", "112"),
    "kekerasan": ("129", "112"),
    "anak": ("129", "112"),
    "hilang": ("112", "129"),
    "nyawa": ("112", "119"),
}
#: Characters that are read: far beyond any comment of a platform.
MOST = 10_000

_PERSON = (
    "anak bayi balita bocah bapak ibu ayah mama papa mamah abah emak nenek kakek mbah eyang nini aki suami istri "
    "adik kakak "
    "lansia remaja gadis siswa siswi murid santri orang pendaki nelayan tetangga saudara warga ponakan keponakan "
    "paman bibi "
    "om tante cucu perempuan wanita cewek cowok laki pemuda pemudi teman temen putra putri sepupu simbah uwa mertua"
).replace(" ", "|")
_CHILD = (
    "anak anaknya anakku bayi bayinya balita bocah murid muridnya siswa siswi siswinya santri santriwati ponakan "
    "keponakan "
    "adik adikku adek adeknya cucu cucunya putri putrinya putra orok balitanya paud sd smp remaja"
).replace(" ", "|")
_PARTNER = (
    "suami suaminya suamiku istri istrinya istriku pacar pacarnya pacarku mantan mertua mertuanya majikan "
    "majikannya tunangan "
    "pasangan bapaknya ayahnya ibunya ayah bapakku ayahku tiri tirinya kandung kandungnya misua laki lakinya "
    "mamanya papanya "
    "ortu ortunya kakaknya paman pamannya anaknya"
).replace(" ", "|")
_HIT = (
    r"d?i?puk[u]?l(?:in|i|an|kan)?|dpkul\S*|dipkul\S*|mukul\S*|memukul\S*|pukulin|pukuli|pemukulan|(?:di|n|"
    r"men)?tampar\S*|nampar\S*|menampar|"
    r"(?:di|n|men)?tendang\S*|nendang\S*|menendang|(?:di|ny|men)?cekik\S*|nyekik|mencekik|\S*aniaya\S*|(?:di|ny|"
    r"meny)?siksa\S*|nyiksa\S*|"
    r"menyiksa|(?:di|nge|meng)?hajar\S*|disundut|disetrika|dibanting|diseret|ditonjok\S*|nonjok\S*|dijambak\S*|"
    r"dibogem|dikeroyok\S*|"
    r"disabet|dihamili|di?gampar\S*|gampar\S*|digebuk\S*|gebuk\S*|ngegebuk\S*|lebam\S*|memar\S*|bonyok|belur|"
    r"disekap\S*|dikurung\S*|dirantai|"
    r"diikat|ditusuk|dibacok\S*|dibunuh|membunuh|kekerasan|kdrt\S*|dikasari|kasar|diancam|mengancam|ngancam\S*|dibakar|"
    r"digigit sampai|dipecut|dicambuk|dirangket|dicubit\S*|dianiyaya"
)
_STRUCK = (
    r"d?ipuk[u]?l(?:in|i)?|dpukul\S*|dpkul\S*|dipkul\S*|di pukul\S*|ditampar\S*|dicekik\S*|d\S*aniaya\S*|disiksa\S*|"
    r"dihajar\S*|dikeroyok\S*|"
    r"digebuk\S*|digampar\S*|ditonjok\S*|disekap\S*|ditusuk|dibacok\S*|dianiyaya|disundut\S*|dijambak\S*|dicambuk\S*"
)
_DEFILED = (
    r"diperkosa\S*|dperkosa\S*|diprkosa\S*|dirudapaksa\S*|dicabul\S*|dilecehkan|dilecehin|digrepe\S*|diraba\S*|"
    r"disodomi\S*|d?i?hamili\S*|"
    r"disetubuhi\S*|(?:pegang|raba|sentuh)\S* (?:\S+ ){0,3}(?:maksa|paksa|payudara|kemaluan)|dipaksa (?:berhubungan|"
    r"melayani|nikah|kawin|bugil)|dijual ke|mencabuli|memperkosa\S*|perkosa\S*|ngraba\S*|menggerayangi\S*"
)
_HARMED = (
    rf"{_HIT}|{_DEFILED}|diculik\S*|penculik\S*|nyulik\S*|ditelantarkan|terlantar|ditinggal (?:sendiri\S*|"
    rf"berhari\S*|orang|di)|dibuang|dipaksa "
    r"(?:ngemis|mengemis|kerja|ngamen)|disuruh (?:ngemis|mengemis|jual diri)|ngemis\S*|dieksploitasi|dijual|"
    r"tenggelam|hanyut\S*|terseret\S*|"
    r"kejang\S*|sesak|pingsan|sadar(?:kan)? diri|keracunan|kritis|tersedak|kesetrum|tersiram|terbakar|melepuh|"
    r"tidak (?:\S+ ){0,2}makan|"
    r"tertimbun|terjebak|kelaparan|overdosis|dipasung|dikunci|sekarat"
)
_TALK = re.compile(
    r" (?:sosialisasi\S*|pencegahan\S*|penyuluhan\S*|edukasi\S*|seminar\S*|lomba\S*|workshop|webinar|kampanye\S*|"
    r"materi\S*|anti|cegah|mencegah|"
    r"usul\S*|saran\S*|semoga|diskusi|film|drama|teater|sinetron|poster|buku|lagu|novel|berita|pelatihan\S*|"
    r"acara\S*|program\S*|kelas (?:ibu|parenting|remaja)|"
    r"undang undang|uu|satgas\S*|duta|peringatan|simulasi|tema\S*|game|posko|hotline|stop|perda|perdes|konseling|"
    r"talkshow|"
    r"penanganan|pendampingan|kader|mitigasi|rambu|hari anak|hari ibu|narasumber|pembicara\S*|puisi|cerita rakyat|"
    r"dongeng)(?= )"
)
_NEAR = re.compile(
    r" (?:saya|tetangga\S*|adik\S*|kakak saya|kakakku|keluarga saya|anakku|anak saya|ibu saya|ibuku|suami saya|"
    r"suamiku|teman saya|temanku|"
    r"sekarang|tadi|semalam|barusan|sepupu\S*|ponakan\S*|keponakan\S*|sahabat\S*|setiap (?:hari|malam)|sering|"
    r"darurat|cepat|segera|rumah sebelah|sebelah rumah|murid saya)(?= )"
)
#: What else is lost in a village.
_THINGS = (
    "nama namanya data datanya kartu dompet motor helm hp ktp kk kks kis bansos bantuan bantuannya sinyal sandal "
    "uang dana "
    "tas kunci berkas surat kucing anjing ayam kambing sapi burung sepeda laptop jemuran sepatu buku akun foto "
    "fotonya komentar kabel "
    "lampu besi tutup pkh blt bpjs saldo atm sertifikat nomor barang emas mainan jaket payung stnk"
).replace(" ", "|")
#: Things that are struck without harm.
_DRUMS = r" (?:bedug|kentongan|gong|rebana|drum|kendang|beduk|angklung|bantal|rapai)\S*(?= )"
#: "pukul" with a time behind it is the time.
_CLOCK = (
    r"(?! (?:<angka>|satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan|sepuluh|sebelas|berapa|rata|"
    r"kentongan|gong|bedug|\S* ?pagi))"
)


@dataclass(frozen=True)
class Urgency:
    """reasons: codes of NUMBERS, gravest first. numbers: to show, without repeats. said: what showed it."""

    reasons: tuple[str, ...]
    numbers: tuple[str, ...]
    said: tuple[str, ...]


@dataclass(frozen=True)
class _Rule:
    """plain: also when the text is talk about the matter. unless: then it is something else."""

    reason: str
    shape: re.Pattern[str]
    plain: bool = False
    unless: re.Pattern[str] | None = None


def _beside(first: str, second: str, gap: int) -> str:
    """Two words in either order with at most ``gap`` words between them."""
    between = rf"(?: \S+){{0,{gap}}} "
    return rf" (?:{first})(?= ){between}(?:{second}){_CLOCK}(?= )| (?:{second}){_CLOCK}(?= ){between}(?:{first})(?= )"


def _words(shape: str) -> str:
    return rf" (?:{shape})(?= )"


@cache
def _rules() -> tuple[_Rule, ...]:
    lost = r"hilang|menghilang|diculik|minggat|raib|hanyut|terseret"
    away = (
        r"(?:tidak|belum) (?:\S+ )?(?:pulang|kembali|ketemu|ditemukan|balik|muncul)|kabur dari rumah|tanpa kabar|"
        r"(?:tidak|belum) ada kabar(?:nya)?|pergi dari rumah|keluar rumah (?:tidak|belum)|kabur sama|dibawa kabur|"
        r"tersesat|kesasar|linglung"
    )
    things = re.compile(
        rf" (?:{_THINGS})(?= )(?: \S+){{0,4}} hilang | (?:bapak|ibu) (?:lurah|kepala|camat|bupati|rt|rw|dewan|kadus|"
        rf"ketua|gubernur|wali|caleg)(?= )|"
        rf" (?:lebaran|mudik|rantau\S*|perantau\S*|merantau|salut|relawan|pejabat|lagu|tradisi|budaya|"
        rf"generasi)(?= )| hilang (?:ingatan|harapan|kepedulian|peduli|teman|akal|kesabaran|semangat|kesempatan|"
        rf"dari (?:data|daftar|dtks|"
        rf"dtsen|tv|hp|sistem|peredaran|pandangan)|(?:\S+ )?(?:{_THINGS}) )| (?:uang|dana|bantuan|surat|hasil|"
        rf"berkas|pengajuan|ktp|motor|proposal)\S*(?: \S+)"
        r"{0,5} (?:(?:tidak|belum) (?:ada )?(?:kabar|kembali|balik|muncul)|dibawa kabur)"
    )
    return (
        _Rule("bunuh_diri", re.compile(_words(_SELF_SAID)), plain=True, unless=re.compile(_THINGS_DIE)),
        _Rule("bunuh_diri", re.compile(_words(_SELF_NAMED))),
        _Rule("anak", re.compile(_beside(_CHILD, _HARMED, 6)), unless=re.compile(_NOT_CHILD)),
        _Rule(
            "anak",
            re.compile(
                _words(
                    r"bayi (?:\S+ ){0,3}(?:dibuang|ditemukan)|orok|(?:di)?(?:nikah|kawin)(?:kan|in)? paksa|"
                    r"(?:pegang|raba|sentuh)\S* "
                    r"(?:\S+ ){0,5}(?:saya|dia|anak) (?:\S+ )?takut|saya takut umur|buang bayi|membuang bayi|"
                    r"anak (?:korban|dianiaya|dijual)"
                )
            ),
            unless=re.compile(_NOT_CHILD),
        ),
        _Rule("kekerasan", re.compile(_beside(_PARTNER, _HIT, 5))),
        _Rule("kekerasan", re.compile(_words(rf"(?:{_STRUCK}){_CLOCK}")), unless=re.compile(_DRUMS)),
        _Rule("kekerasan", re.compile(_words(_DEFILED))),
        _Rule("kekerasan", re.compile(_words(_VIOLENCE_NAMED))),
        _Rule("hilang", re.compile(rf" (?:{_PERSON})\S*(?= )(?: \S+){{0,6}} (?:{lost})(?= )"), unless=things),
        _Rule("hilang", re.compile(_beside(_PERSON, away, 6)), unless=things),
        _Rule(
            "hilang",
            re.compile(
                _words(
                    r"kehilangan (?:jejak )?(?:anak|ibu|bapak|kakek|nenek)\S*|hilang (?:seorang \S+|anak kecil|"
                    r"nenek|kakek|"
                    r"remaja|gadis|lansia|balita)|hilang kontak|orang hilang|penculikan"
                )
            ),
            unless=things,
        ),
        _Rule("nyawa", re.compile(_words(_LIFE)), unless=re.compile(_NOT_LIFE)),
    )


_SELF_SAID = (
    r"(?:ingin|mau|pengen|nak|niat|hendak|coba|mencoba|nyoba|nekat|percobaan|ngancam|mengancam|ancam|berencana|"
    r"rencana|kepikiran|akan|pernah|habis) "
    r"(?:\S+ )?(?:bunuh diri|bundir|bunuh diriku|gantung diri|gantung|mati|mengakhiri|akhiri|loncat|lompat|terjun|"
    r"menghilang selamanya|nyusul almarhum\S*)|"
    r"(?:meng|mau )?akhiri (?:hidup|semua|semuanya|hidupnya|hidupku)|mengakhiri (?:hidup\S*|semua\S*)|"
    r"(?:capek|cape|lelah|bosan|letih|muak|tidak (?:kuat|sanggup|mau|ingin|pantas|layak|tahan|ada gunanya|"
    r"ada artinya)) (?:\S+ ){0,2}hidup\S*|"
    r"hidup\S* (?:\S+ ){0,2}(?:tidak ada (?:artinya|gunanya|harapan)|percuma|sia sia|tidak berarti|tidak berguna)|"
    r"percuma (?:\S+ )?hidup|minum obat (?:\S+ ){0,2}(?:banyak|semua|sebotol|sekaligus|berlebihan)|(?:tidak|"
    r"kurang) (?:kuat|sanggup) (?:\S+ )?hidup|"
    r"(?:lebih baik|mending|mendingan|enakan|baiknya) (?:\S+ )?mati|(?:minum|menenggak|nenggak|telan|"
    r"menelan) (?:racun|baygon|potas|pestisida|obat nyamuk|insektisida|"
    r"pembersih|sianida)|(?:sayat|menyayat|nyayat|silet|nyilet|iris|potong|ngiris)\S* (?:tangan|nadi|urat|"
    r"pergelangan|lengan)\S*|"
    r"(?:melukai|menyakiti|nyakitin|lukai|sakiti|nyilet|nyakiti) (?:diri\S*|badan sendiri)|"
    r"(?:loncat|lompat|terjun|melompat|meloncat) dari (?:jembatan|gedung|tower|flyover|lantai)|naik (?:tower|menara|"
    r"jembatan) (?:mau|ingin|ngancam)|"
    r"(?:kalau|seandainya|andai) saya (?:\S+ )?(?:mati|tiada|pergi selamanya)|saya (?:\S+ )?(?:tidak ingin|"
    r"tidak mau) bangun lagi|"
    r"(?:pamit|selamat tinggal) (?:\S+ ){0,3}(?:selamanya|dunia|semua)|(?:tolong )?jaga anak saya (?:kalau|"
    r"setelah) saya|overdosis|"
    r"saya (?:\S+ ){0,2}(?:nyerah|menyerah) (?:\S+ )?hidup|cabut nyawa saya|tuhan ambil (?:saja )?(?:nyawa )?saya"
)
_SELF_NAMED = r"bunuh ?diri|bundir|bunuhdiri|gantung diri|suicide|selfharm|self harm|sejiwa|depresi berat"
_THINGS_DIE = (
    r" (?:lampu\S*|listrik\S*|air|hp|sinyal|usaha|wifi|pompa|mesin|motor|genset|token|ayam|ikan|sapi|kambing|kucing|"
    r"tanaman|padi|pohon|pju|"
    r"umkm|jaringan|internet|pasar|warung)(?= )(?: \S+){0,3} (?:mau|akan|pernah|habis|coba|hendak)(?: \S+)? (?:mati|"
    r"lompat) | mati (?:lampu|listrik|air|gaya|rasa|kutu|pajak)(?= )"
)
_NOT_CHILD = (
    r" (?:sampah|limbah|popok|sandal|helm|sepeda|buku|seragam|pakaian|mainan)\S*(?= )(?: \S+){0,3} (?:dibuang|"
    r"dijual|dibakar|terbakar|disiram)|"
    rf"{_DRUMS}|"
    r" (?:dijual|jual) (?:\S+ )?(?:baju|susu|mainan|perlengkapan|buku)|(?:kambing|sapi|kucing|ayam|domba|"
    r"anjing)(?: \S+){0,3} (?:mati|dijual|dibuang|hanyut|tenggelam)"
)
_VIOLENCE_NAMED = (
    r"kdrt\S*|kekerasan (?:dalam rumah|seksual|fisik|rumah|pada|terhadap|di rumah)|pelecehan\S*|pemerkosaan\S*|"
    r"perkosaan|pencabulan\S*|cabul|"
    r"penganiayaan\S*|teriak (?:\S+ ){0,2}(?:tolong|histeris|kesakitan)|(?:tangan|main) tangan|suka main tangan|"
    r"ringan tangan|babak belur|"
    r"(?:ancam|mengancam|diancam|ngancam) (?:\S+ ){0,3}(?:bunuh\S*|dibunuh|pisau|golok|parang|bakar|sebar)|"
    r"penyekapan|perdagangan orang|"
    r"(?:dijual|dipaksa|disuruh) (?:\S+ ){0,2}(?:melacur|jual diri|jadi psk)|prostitusi anak|inses|predator\S*|"
    r"pedofil\S*"
)
_LIFE = (
    r"tenggelam|hanyut|terseret (?:arus|banjir|ombak)|tertimbun\S*|tidak sadar(?:kan)?(?: diri)?|tidak bernapas|"
    r"tidak bernafas|pingsan|sekarat|"
    r"terjebak (?:\S+ ){0,2}(?:banjir|api|kebakaran|longsor|asap|lift|rumah|atap)|"
    r"(?:bawa|pegang|acungkan|mengacungkan|acung) (?:\S+ )?(?:parang|golok|pisau|celurit|clurit|arit|sajam|senjata|"
    r"kapak|bedog|gaman)|"
    r"dibacok\S*|ditusuk\S*|bacok\S*|pendarahan\S*|perdarahan\S*|serangan jantung|kesetrum\S*|tersetrum\S*|"
    r"kebakaran (?:\S+ ){0,4}(?:sekarang|tolong|cepat|belum padam|api|besar|damkar)|(?:tolong|cepat|sekarang|sedang|"
    r"ada) (?:\S+ ){0,2}kebakaran"
)
_NOT_LIFE = (
    r" (?:sawah|padi|jalan|jalanan|motor|rumah|kebun|tanaman|lapangan|kursi|kandang|ayam|kambing|sapi|jembatan|"
    r"sandal|mobil|sepeda|harapan|suara|kolam)\S*(?= )"
    r"(?: \S+){0,2} (?:tenggelam|hanyut|tertimbun|sekarat) | tertimbun (?:sampah|pasir|tanah liat|utang|hutang)|"
    r" (?:korban|pasca) (?:kebakaran|bencana)"
)


def urgent(text: str) -> Urgency | None:
    """Why a comment may be an emergency, or None. Never raises for any string."""
    plain = f" {normalise(text[:MOST]).text} "
    plain = re.sub(
        r" (?:di|d|ke) (?=(?:pukul|siksa|tampar|cekik|hajar|perkosa|leceh|cabul|aniaya|culik|sekap|bacok|tusuk|"
        r"gebuk|keroyok|ancam|bunuh|kurung|raba|tinggal|telantar)\w*)",
        " di",
        plain,
    )
    talk = _TALK.search(plain) is not None and _NEAR.search(plain) is None
    found: dict[str, str] = {}
    for rule in _rules():
        if rule.reason in found or (talk and not rule.plain) or (rule.unless and rule.unless.search(plain)):
            continue
        if shown := rule.shape.search(plain):
            found[rule.reason] = shown.group().strip()
    if not found:
        return None
    numbers = dict.fromkeys(number for reason in found for number in NUMBERS[reason])
    return Urgency(tuple(found), tuple(numbers), tuple(found.values()))
