"""Signs of a kind that a person would name at once: question words, faults, wishes, praise, offers, gambling.

They stand beside the words of a comment as features of their own, so that a word the examples never held still counts,
and they guard the one automatic act: nothing that names a fault or a village matter is hidden by itself.
Words are those of ``normal`` (standard spelling). Sources: domain notes section 6 and our own lists.
"""

from __future__ import annotations

from app.language.normal import Normal, words_of

#: Sign → the words that show it.
SIGNS: dict[str, frozenset[str]] = {
    name: words_of(words)
    for name, words in {
        "tanya": "kapan siapa berapa bagaimana apakah mana kemana dimana bolehkah bisakah benarkah adakah gimana "
        "caranya syaratnya persyaratan jadwalnya lokasinya alamatnya tempatnya biayanya bayarnya daftarnya berapaan "
        "tanya nanya bertanya menanyakan tumaros prosedur prosedurnya cp nomornya linknya",
        "rusak": "rusak mati padam mampet tersumbat jebol roboh ambruk amblas longsor banjir bocor retak lubang "
        "berlubang "
        "gelap bau busuk basi keruh kotor menumpuk numpuk macet kosong hilang error putus kering kekeringan terbakar "
        "kebakaran hancur ancur licin tergenang meluap kebanjiran lapuk reyot keropos bising berisik blokir diblokir "
        "rubuh ambrol patah meledak tumbang jorok mogok gagal langka pecah nyangkut korslet tercemar limbah asap",
        "susah": "dipotong pungli dipungut dipersulit ditolak dicoret dihapus nonaktif dinonaktifkan tidakaktif "
        "ditahan "
        "kehilangan dicuri maling begal dipalak dipaksa diusir ditipu penipuan tertipu disunat dikurangi keracunan "
        "kritis terlantar sebatang kara lumpuh stroke kelaparan menganggur nganggur dibentak ditelantarkan dipasung "
        "ngamuk mengamuk resah meresahkan berbahaya bahaya terancam diancam terisolir korban celaka kecelakaan jatuh "
        "celaka dirampas digusur dibully meninggal opname dirawat kesulitan susah sengsara darurat "
        "diabaikan dibiarkan dicuekin terlewat dilewat melapor melaporkan mengadu ngadu komplain keluhan aduan "
        "bencana rugi kerugian tunggakan",
        "minta": "mohon tolong bantuannya ditindaklanjuti diperbaiki dibetulkan ditertibkan ditinjau dicek "
        "segera ditangani penanganan diperhatikan perbaiki tindak diatasi diproses dibenahi dikeruk diangkut",
        "usul": "usul usulan usulkan mengusulkan diusulkan saran sarannya menyarankan masukan harap harapannya "
        "berharap sebaiknya alangkah hendaknya seyogyanya seyogianya seharusnya mestinya idealnya adakan diadakan "
        "mengadakan buatkan dibentuk ditambah tambahin tambahkan perbanyak "
        "diperbanyak pengennya inginnya andai mending libatkan undang sediakan request req "
        "lanjutkan tingkatkan depannya kedepannya payun mari yuk dipertimbangkan "
        "pertimbangkan kiranya idenya dong mending semoga kapan-kapan prioritaskan jadikan "
        "diperluas rutin rutinkan adain diadain dianggarkan bagusnya enaknya",
        "cela": "pencitraan percuma formalitas omdo doang cuma mulu melulu tebang nepotisme kolusi "
        "korupsi bohong dibohongi janji gaya asal ngawur lebay basi payah kacau amburadul mengecewakan kecewa muak "
        "bosan "
        "lambat malu aneh ribet gagal seremoni seremonial pamer konten hungkul tok mung halah ngapain kebanyakan "
        "kakehan boros pemborosan ngeles omong kosong sandiwara drama halah hadeh yaelah becus dikorupsi "
        "panggung pejabat gunanya ngakunya katanya ujungnya kirain zonk prihatin disayangkan kritik antikritik "
        "halu lawak dagelan preet pret hoax hoaks gimmick ngimpi mimpi bacot modus settingan setingan cringe norak "
        "sombong angkuh baper baperan muka bualan akting topeng",
        "puji": "alhamdulillah terima kasih mantap bagus keren hebat salut sukses semangat sehat selamat bangga "
        "terharu "
        "amin berkah barokah barakallah luar biasa jempol top jos josss jempolan kompak guyub seru asik asyik cakep "
        "kece "
        "indah inspiratif menginspirasi apresiasi amanah ikhlas tulus mulia pahlawan terbaik juara senang bahagia "
        "good best love gercep ramah puas rapi adem rancak joss ajib ketje gokil respect respek syukur "
        "hadir nyimak simak monitor pertamax absen siap ok oke okay sip sippp mantul gas gg love wow rahayu",
        "judi": "gacor maxwin slot depo deposit scatter rtp jackpot jp jepe spin zeus olympus mahjong rungkad togel "
        "casino kasino taruhan parlay bandar bandarqq poker domino sbobet freebet bosku hoki wd withdraw "
        "perkalian rollingan cashback referral turnover pragmatic pgsoft bonanza princess 4d sgp sdy "
        "ceme sabung freechip x500 x1000 x5000 jepey toto4d ",
        "niaga": "jual beli dijual gadai kredit cicilan harga murah termurah promo pesan pesanan order ready stok "
        "grosir warna "
        "original ori garansi wa whatsapp hub hubungi kirim diskon gratis bonus pinjam modal profil bio situs "
        "lunas utang hutang untung gaji karyawan dibayar saldo huni kpr dp tukar eceran toko lapak "
        "shopee lazada tiktok etalase katalog instan follower anda ribuan jutaan boncos ",
        "tawar": "pinjaman pinjol cair jaminan agunan bpkb checking limit paylater gestun galbay followers "
        "follower likes subscribe subscriber follow follback folback folow bio profile dm inbox "
        "japri order cod promo diskon grosir dijual lowongan penghasilan passive income "
        "peluang investasi profit trading forex crypto kripto bitcoin robot tele undian "
        "klaim giveaway voucher klik tautan viral vcs bo kuat pelangsing pembesar pemutih "
        "skincare herbal testimoni dukun pelet pesugihan gaib susuk jimat mahar togel joki ijazah "
        "buruan reseller marketing cicilan kavling "
        "download apk freelance sampingan keranjang shopee",
    }.items()
}
#: Endings of made-up gambling brands.
_BRAND = ("slot", "bet", "win", "toto", "hoki", "jp", "4d", "qq", "cuan", "spin", "gacor", "maxwin", "play", "casino")
_INNOCENT = words_of("alphabet tibet robot twin darwin erwin edwin alwin winwin internet bet win irwin")
_SCORN = frozenset({"<sinis>", "<marah>"})
_JOY = frozenset({"<senang>", "<doa>", "<tawa>", "<emoji>", "<sedih>"})
#: Matters of a village: a comment that names one is about it, whatever else it says.
VILLAGE = words_of(
    "desa dusun rt rw lurah kades camat bupati kader posyandu puskesmas bansos pkh bpnt blt kis bpjs ktp kk akta jalan "
    "lampu sampah banjir got selokan jembatan sekolah guru lansia odgj difabel rutilahu stunting umkm pelatihan "
    "relawan "
    "psm warga kelurahan kecamatan dinas donor darah sunatan khitanan kerja bakti satgas sosialisasi penyuluhan "
    "panitia tim ketua bapak ibu kakak semangat semangatnya acara acaranya lomba doorprize "
    "gotong royong karang taruna voli timnya admin semua"
)


def signs(normal: Normal, text: str) -> dict[str, tuple[float, tuple[int, ...]]]:
    """Sign → (strength 0 to 3, the tokens that showed it). Signs that are not there are left out."""
    found: dict[str, tuple[float, tuple[int, ...]]] = {}
    for name, words in SIGNS.items():
        at = tuple(i for i, token in enumerate(normal.tokens) if any(word in words for word in token.words))
        if at:
            found[name] = min(1.0 + 0.25 * (len(at) - 1), 1.5), at
    brands = tuple(i for i, token in enumerate(normal.tokens) if any(is_brand(word) for word in token.words))
    found |= {"merek": (2.0, brands)} if brands else {}
    for mark, name in (
        ("?", "?"),
        ("<tautan>", "tautan"),
        ("<nomor>", "nomor"),
        ("<ekor>", "ekor"),
        ("<sebut>", "sebut"),
    ):
        at = tuple(i for i, token in enumerate(normal.tokens) if mark in token.words)
        found |= {name: (1.0, at)} if at else {}
    for mark, name in (("<taruhan>", "taruhan"), ("<harta>", "taruhan"), ("<sinis>", "sinis"), ("<marah>", "sinis")):
        at = tuple(i for i, token in enumerate(normal.tokens) if mark in token.words)
        found |= {name: (1.0, at)} if at else {}
    if disguise(normal):
        found["samar"] = 3.0, tuple(range(len(normal.tokens)))
    found |= {name: (strength, ()) for name, strength in _shape(normal, text)}
    return found


def _shape(normal: Normal, text: str) -> list[tuple[str, float]]:
    """What the whole comment looks like: its length, only emoji, shouted, only praise."""
    words = [word for word in normal.words if word[0].isalnum()]
    shape = [("panjang", min(len(words), 40) / 40)]
    if len(words) <= 3:
        shape.append(("pendek", 1.0))
    marks = set(normal.words) - set(words)
    if not words and marks & _JOY and not marks & _SCORN:
        shape.append(("hanya emoji", 1.5))
    letters = [char for char in text if char.isascii() and char.isalpha()]
    if len(letters) > 12 and sum(char.isupper() for char in letters) > 0.7 * len(letters):
        shape.append(("teriak", 0.5))
    if words and sum(word in SIGNS["puji"] for word in words) >= 0.6 * len(words):
        shape.append(("hanya puji", 1.0))
    if not any(word in SIGNS[name] for word in words for name in ("rusak", "susah", "tanya", "usul", "judi", "tawar")):
        shape.append(("tanpa tanda", 0.5))
    return shape


def is_brand(word: str) -> bool:
    """Whether a word is built like the name of a gambling site: something before one of their endings."""
    return (
        word not in _INNOCENT
        and word not in SIGNS["judi"]
        and any(word.endswith(end) and len(word) >= len(end) + 3 for end in _BRAND)
    )


def disguise(normal: Normal) -> bool:
    """Whether the writer hid words: four letters or more in other scripts (two before a brand's digits), a word
    spelled out, or two with digits."""
    letters = 2 if "<ekor>" in normal.words else 4
    return normal.disguised >= letters or normal.spelled >= 1 or normal.leet >= 2


def fault(normal: Normal) -> bool:
    """Whether anything in it sounds like a fault, a need or a request to do something."""
    return any(word in SIGNS[name] for word in normal.words for name in ("rusak", "susah", "minta"))
