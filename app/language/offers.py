"""Shapes of advertising: who is sent where, for how much, with which promise; and the same words in honest mouths.

A seller's words ("link", "slot", "modal", "cair") are a resident's words too. What tells them apart is how they stand
together: an order to go somewhere of the seller's own, a promise without a condition, a price after "cuma", a bank that
wants something installed; against "kok", "ga bisa dibuka", "di balai desa". Patterns read the plain words of
``normal`` (standard spelling, marks for numbers and links), with at most a few words between their parts. Lists are our
own, after domain notes section 6.
"""

from __future__ import annotations

import re
from functools import cache

from app.language.normal import Normal, words_of

_GO = (
    "klik cek cekcek lihat kunjungi mampir buka ambil gabung join hubungi hub chat chatting kontak telp "
    "telepon japri "
    "inbox pm komen ketik tulis kirim kirimkan order pesan minat info infonya informasi add call dm konsultasi tanya "
    "ikuti gas gaskeun follow langsung merapat kepoin intip pantau silakan silahkan kunjungin contact whatsapp open"
)
_WHERE = (
    "bio bionya profil profile profilku profilnya tautan linknya highlight feed katalog channel telegram tele lapak "
    "situs web website whatsapp akun <nomor> <tautan> <sebut> <surel> japri inbox dm store toko nomornya "
    "story grup akunku komentar live nomor kontak"
)
_MONEY = "<uang> <angka> juta jutaan ribu ribuan perak persen"
#: Sign → pattern over the words. `~` stands for up to two words in between.
_PATTERNS = {
    "arah": f"({_GO}) ~ ({_WHERE})",
    "di akunku": "(bio|profil|profile|highlight|feed|akun|story|katalog) ~ (saya|aku|kami|ini|kak|bos|atas)",
    "hasil": "(untung profit penghasilan gaji gajian komisi cuan omset hasil omzet upah bonus hadiah saldo dibayar "
    "modal depo deposit wd bawa pulang dapat raih menang earn) ~ (<uang> juta jutaan ratusan puluhan)",
    "harga": "(mulai cuma hanya harga diskon promo dp cicil cicilan seharga ecer fee serba murah biaya tarif) ~ "
    f"({_MONEY})",
    "melayani": "(kami siap terima menerima melayani jasa buka menyediakan sedia ready jual menjual spesialis ahli "
    "open) ~ (bantu jasa terima pesanan order panggilan cairkan pinjaman pembuatan servis service jual beli sewa "
    "rental stok joki pengurusan gadai po bo orderan)",
    "tanpa syarat": "(tanpa no bebas free gratis) (survei survey jaminan tes ijazah ribet potongan agunan tumbal "
    "sensor modal resiko risiko efek dp obat operasi suntik syarat ribet tipu tipu2 ripper php zonk hoax hoaks bi "
    "ongkir konsultasi pengalaman potong kk admin bunga riba follow diet olahraga)",
    "terjamin": "(garansi bergaransi amanah terpercaya dijamin terbukti testi testimoni real aman ampuh manjur resmi "
    "terlengkap termurah terbaik ori original permanen legal) ~ (amanah terpercaya aman garansi permanen murah cepat "
    "100 <angka> uang kembali hasil proses resmi bergaransi ojk berhasil)",
    "lekas": "(cair proses acc jadi hilang turun langsung sembuh berangkat) ~ (sehari sejam <angka> menit jam minggu "
    "hari cepat instan kilat)",
    "hanya kini": "(khusus hanya promo terbatas tersisa sisa buruan segera kuota limited) ~ (hari malam slot pertama "
    "terbatas sekarang ini stok besok)",
    "terpilih": "(selamat nomor akun anda kakak rekening) ~ (terpilih memenangkan pemenang mendapat mendapatkan "
    "terblokir diblokir dibekukan terkunci ditangguhkan)",
    "verifikasi": "(verifikasi konfirmasi instal install unduh isi aktivasi klaim update) ~ (data akun rekening "
    "tautan formulir form aplikasi <tautan> apk pin otp)",
    "saling": "(follow folback follback folbek mutualan support subscribe like salam) ~ (balik back balas follback "
    "folback kenal mutualan saling yuk sub)",
    "pesugihan": "(ki mbah nyai eyang abah dukun gus ustad ustadz ustadzah guru beliau) ~ (gaib penglaris "
    "penglarisan pengasihan pelet jitu nomor angka mahar spiritual bantu togel joko hubungi sakti)",
    "berkat": "(berkat dulu lewat bersama gabung ikut dibantu diajari kenal lihat nonton hasil dari) ~ (abah eyang "
    "mbah ki nyai beliau aku gua master mentor mr mrs coach bimbingan situs sini)",
    "jualan": "(jual ready sedia terima menerima jasa butuh sewa rental promo kami stok) ~ (murah second bekas ori "
    "grosir ecer custom borongan paket mesin pasang siap mobil paving aspal minyak kasur kaos jersey cctv duit uang "
    "desain foto stiker kemasan cepat)",
    "antar": "(siap bisa langsung free gratis cod lokasi harga) ~ (kirim antar jemput panggil teman pelajar "
    "nego ongkir "
    "kirimin dijemput cod pas miring grosir)",
    "sedekah": "(donasi sedekah infaq wakaf santri yatim panti yayasan salurkan bantu) ~ (<nomor> qris "
    "rekening norek "
    "transfer profil bio scan)",
    "main di": "(main coba nyoba pasang depo daftar gabung gas login pindah beralih dari kenal) (di ke sama) "
    "(sini situs tempat akun "
    "agen bandar)",
    "gagal": "(tidak belum kok susah gagal sulit) ~ (bisa dibuka dibalas dapat ada muncul cair masuk sampai "
    "kebuka dikirim datang jelas aktif diangkat sesuai pernah merata)",
    "kok": "(kok kenapa masa koq katanya padahal percuma giliran)",
    "tanya tawar": "(apa apakah bisa boleh ada benar berapa kemana kapan masih di gimana bagaimana) ~ (? tidak ya kak)",
}
_LISTS = {
    "main": words_of(
        "pola gampang bocor gates server kamboja thailand rungkad rungkat mletus meledos petir kakek mbahzeus "
        "winrate "
        "member scatter turun hitam naga rtp bocoran jitu angka main prediksi hk sgp sdy 4d 2d 3d colok bandar receh "
        "modal wd depo situs gas gasken bosku bos slur dibayar jp sensational maxwin gacor mahjong wins olympus "
        "starlight akun pro vip pecah bestie rekomendasi langganan agen"
    ),
    "lembaga": words_of(
        "bri bni bca mandiri bsi gopay ovo shopee shopeepay kredivo akulaku jne jnt sicepat paket resi "
        "nasabah bank rekening saldo tarif brimo livin pin otp cs telkomsel indosat axis kurir"
    ),
    "barang": words_of(
        "gamis kerudung mukena tas sepatu sandal baju madu kapsul minyak kayu obat cream krim serum pupuk "
        "bibit tanah "
        "kavling rumah motor mobil ac kulkas catering tumpeng snack box katering seblak kopi frozen bakso hijab kaos "
        "jersey parfum kuota pulsa netflix akun skin diamond topup website domain seragam sprei kasur tenda "
        "terop sound"
    ),
    "tubuh": words_of(
        "kurus gemuk diet langsing flek jerawat glowing putih keriput ejakulasi perkasa stamina tahan kuat singset "
        "peninggi diabetes asam urat kolesterol wasir kista herbal detox kolagen collagen kg bb"
    ),
    "asing": words_of(
        "the you your and for with this that are was have from our we my i me to of in is it on me her him she he "
        "how what will can get earn earned money trade account profit invest contact dear "
        "friend business hello weekly daily broke met helped looking relationship serious add us send pic "
        "feed collab promote crypto forex free click here"
    ),
    "desa": words_of(
        "desa dusun rt rw kampung balai lurah kades pelatihan bazar bazaar umkm bumdes posyandu psm kader pkk kwt "
        "panitia bansos bantuan pkh karang taruna warga perangkat koperasi kelompok tani lansia musyawarah kegiatan "
        "acara program dtks sosialisasi sertifikat pendaftaran pendaftarannya peserta dinas pendamping lapangan "
        "kecamatan puskesmas sekolah kelurahan camat bupati"
    ),
    "sapa": words_of("pak bapak bu ibu admin bunda mas mbak kang teteh bang abang"),
}
#: The shapes that an advertisement has and a resident's comment seldom.
OFFERS = frozenset(
    words_of(
        "arah hasil melayani lekas terpilih verifikasi saling pesugihan berkat jualan antar sedekah apk main terjamin"
    )
) | {"tanpa syarat", "hanya kini", "main di", "pendek tautan", "asing"}
#: Words of these lists say something only when two of them meet.
_FEWEST = {"main": 2, "asing": 2}
_APK = re.compile(r"\w[ ._-]{0,2}\.apk\b", re.I)
_LINK_WORD = re.compile(r"\b(?:t|wa|s|bit|lynk|linktr|cutt|heylink|taplink)\.(?:me|id|ly|ee)\b", re.I)


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    def compiled(row: str) -> re.Pattern[str]:
        parts = re.sub(
            r"\(([^)]*)\)",
            lambda found: "(?:" + "|".join(re.escape(word) for word in re.split(r"[ |]+", found.group(1))) + ")",
            row,
        )
        return re.compile(r"(?<!\S)" + parts.replace(" ~ ", r"(?: \S+){0,2} ") + r"(?!\S)")

    return {name: compiled(row) for name, row in _PATTERNS.items()}


def shapes(normal: Normal, text: str) -> dict[str, tuple[float, tuple[int, ...]]]:
    """Sign → (strength 0 to 1.5, the tokens that showed it); what is not there is left out."""
    found: dict[str, tuple[float, tuple[int, ...]]] = {}
    line, starts = "", []
    for i, token in enumerate(normal.tokens):
        for word in token.words:
            starts.append((len(line), i))
            line += word + " "
    for name, pattern in _patterns().items():
        at = {i for hit in pattern.finditer(line) for start, i in starts if hit.start() <= start < hit.end()}
        if at:
            found[name] = 1.0, tuple(sorted(at))
    for name, words in _LISTS.items():
        said = {word for word in normal.words if word in words}
        if len(said) >= _FEWEST.get(name, 1):
            places = tuple(i for i, token in enumerate(normal.tokens) if not words.isdisjoint(token.words))
            found[name] = min(0.5 + 0.25 * len(said), 1.5), places
    if _APK.search(text):
        found["apk"] = 1.5, ()
    if _LINK_WORD.search(text):
        found["pendek tautan"] = 1.0, ()
    if normal.leet == 1:
        found["angka huruf"] = 1.0, ()
    return found
