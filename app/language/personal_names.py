"""Names of persons beside a word of health, aid or violence: «Ibu Siti Aminah yang sakit TBC»."""

from __future__ import annotations

import re

from app.language.personal_text import vocabulary

_TITLE = (
    r"ibu|bu|bpk|bapak|pak|mbah|nenek|kakek|nek|kek|sdr|sdri|saudara|saudari|abah|ema|emak|mak|teh|teteh|kang|mas"
    r"|mbak|mba|neng|adik|adek|dek"
    r"|ananda|almarhumah|almarhum|alm|uni|uda|bunda|ayah|om|tante|ust|ustad|ustadz|h|hj|an|a\.n|a/n|atas nama"
    r"|bernama|nama|namanya|anak|warga|pasien|korban|janda|duda|lansia"
)
_NAME = r"[a-z][a-z'\-]{1,20}\.?"
_TITLED = re.compile(rf"(?<![a-z])(?P<title>{_TITLE})(?:\.|:)?[ ]{{1,2}}(?=[a-z])", re.IGNORECASE)
_WORDS = re.compile(rf"{_NAME}", re.IGNORECASE)
_NEED = re.compile(
    r"(?<![a-z])(?:sakit\w*|penyakit|tbc?|hiv|aids|odha|odgj|stroke|struk|lumpuh|kanker|tumor|diabetes|gula darah"
    r"|cuci darah|gagal ginjal|ginjal|jantung|kusta"
    r"|epilepsi|ayan|gangguan (?:jiwa|mental)|jiwa(?:nya)?|depresi|difabel|disabilitas|cacat|tunanetra"
    r"|tuna ?netra|tunarungu|down syndrome|autis\w*|hamil|keguguran"
    r"|stunting|gizi buruk|dirawat|opname|operasi|rsud|rumah sakit|berobat|pengobatan|covid|dbd|demam berdarah"
    r"|katarak|buta|bisu|tuli|pikun|terlantar|ditelantarkan|dipasung"
    r"|bansos|blt|bpnt|pkh|kks|kis|pbi|sembako|bantuan|dibantu|santunan|rutilahu|raskin|rastra|kpm|dtks|dtsen"
    r"|yatim|piatu|miskin|duafa|dhuafa|lansia|zakat|kursi roda"
    r"|kdrt|dipukul\w*|dianiaya|penganiayaan|kekerasan|diperkosa|pemerkosaan|dilecehkan|pelecehan|dicabuli"
    r"|pencabulan|cabul|disiksa|dibully|dibuli|perundungan|ditampar"
    r"|bunuh diri|melukai diri|narkoba|napza|sabu|nggebuki|digebukin|ditendang|gering|nyeri|kelaparan|lara"
    r"|loro)(?![a-z])",
    re.IGNORECASE,
)
#: What stands after a title without being a name.
_NO_NAME = vocabulary(
    "rt rw kades lurah camat bupati gubernur walikota presiden menteri kepala kadus kasi sekdes bidan dokter guru"
    " polisi kapolsek danramil ketua"
    " hamil rumah tangga ibu bapak pak bu yang yg dan di ke dari itu ini saya sy kami kita aku dia mereka kader"
    " psm ipsm tksk pkh pkk posyandu petugas admin min"
    " sangat sudah sdh udah belum blm tidak tdk gak nggak ga masih mau mohon tolong kapan juga jg ada punya butuh"
    " perlu dapat dpt menerima minta dengan dgn untuk utk"
    " tua muda lansia anak cucu suami istri kandung tiri sakit sakitnya miskin kaya warga orang semua para bisa"
    " harus akan tiga dua satu empat lima kurang menyusui"
    " korban pasien janda duda yatim piatu penerima bantuan bansos blt bpnt sembako stunting terlantar"
    " disabilitas difabel odgj kdrt kekerasan yang tbc hiv stroke lumpuh"
    " kok sih dong ya nih tuh tersebut beliau nya babinsa bhabinkamtibmas ustadz ustad haji rusak jalan desa"
    " kelurahan kecamatan kampung dusun sini sana kecil besar"
    " balita bayi sekolah sd smp sma putus berkebutuhan khusus asuh jalanan angkat pertama kedua bungsu sulung"
    " wanita pria laki perempuan rentan pendatang baru asli lain"
    " setempat sekitar meninggal dunia lengkap lengkapnya penyakit program kegiatan harap semoga terima kasih"
    " makasih alhamdulillah dinsos dinas pemerintah tani dpr dprd ri"
    " sedang lagi kena terkena menderita mengidap dipukul dianiaya diperkosa dilecehkan dirawat berobat nunggu"
    " menunggu bernama atas nama selalu sering seorang sebatang hidup tinggal"
)  # fmt: skip
_HONOUR = re.compile(r"(?:(?:haji|hajah|hajjah|hj|h|ustadz?|ustadzah|kyai|kiai|rt|rw)\.?[ ])+(?=[A-Z])", re.IGNORECASE)
#: Frequent given names: with a capital they are one without a title.
_GIVEN = re.compile(
    r"(?<![A-Za-z])(?=(?:Siti|Udin|Asep|Ujang|Dedi|Dede|Budi|Agus|Slamet|Sri|Eko|Dwi|Rina|Yuni|Sumarni|Suparmi|Joko|Bambang|Sutrisno"
    r"|Suparno|Euis|Neneng|Entin|Iis|Cecep|Maman|Dadang|Tatang|Iwan|Hendra|Rudi|Yanti|Wati|Yati|Tuti|Ani|Nani|Aminah|Fatimah|Aisyah"
    r"|Muhammad|Muhamad|Mohamad|Ahmad|Achmad|Abdul|Sukirman|Supri|Sugeng|Sumiati|Rohayati|Rohani|Ngatinem|Ponirah|Sarinah|Rizky|Rizki"
    r"|Dewi|Ratna|Lilis|Nurul|Nuraini|Yusuf|Ibrahim|Hasan|Husen|Ali|Umar|Made|Wayan|Ketut|Nyoman|Komang|Putu)(?![A-Za-z]))"
)
_END = re.compile(r"[!?\n]|\.\s+[A-Z]")
_REACH = 70


def beside_need(text: str) -> list[tuple[int, int]]:
    """(start, end) of names that stand in one sentence with, and at most 70 characters from, such a word."""
    needs = [(each.start(), each.end()) for each in _NEED.finditer(text)]
    found: list[tuple[int, int]] = []
    done = at = 0
    for place, title in _begun(text) if needs else ():
        if place < done:
            continue
        name = _name(text, place, title)
        if name is None:
            continue
        while at < len(needs) and needs[at][1] < name[0] - _REACH:
            at += 1
        for start, end in needs[at : at + 20]:
            if start > name[1] + _REACH:
                break
            between = text[end : name[0]] if end <= name[0] else text[name[1] : start]
            if not _END.search(between):
                found.append(name)
                done = name[1]
                break
    return found


def _begun(text: str) -> list[tuple[int, str]]:
    """Where names may begin: after a title, or with a frequent given name (title '')."""
    titled = [(each.end(), each["title"].lower()) for each in _TITLED.finditer(text)]
    return sorted([*titled, *((each.start(), "") for each in _GIVEN.finditer(text))])


def _name(text: str, start: int, title: str) -> tuple[int, int] | None:
    """One to three words after a title that are no ordinary words; in capitals where the title alone says little."""
    honour = _HONOUR.match(text, start)
    start = honour.end() if honour else start
    first, end, words = start, start, 0
    while words < 3:
        word = _WORDS.match(text, end + (1 if words else 0))
        if word is None or (words and text[end] != " "):
            break
        plain = word.group().strip(".'-").lower()
        small = word.group()[0].islower()
        if plain in _NO_NAME or _NEED.fullmatch(plain) or (words and small):
            break
        if (
            not words
            and small
            and title
            in ("h", "an", "anak", "warga", "pasien", "korban", "janda", "duda", "lansia", "nama", "om", "mak")
        ):
            break
        words += 1
        end = word.end()
        if word.group().endswith("."):
            end -= 1
            break
    return (first, end) if words else None
