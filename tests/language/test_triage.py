"""The suggested kind on comments that nobody trained on, its reasons, its file, and what corrections may do."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from app.language import features, offers, training, triage
from app.language.groups import order
from app.language.normal import normalise
from app.language.training import KINDS, examples
from app.language.triage import UNSURE, Triage
from tests.language.comments import FOURTH, PARTS, SECOND, figures, held_out, judged, leak, macro, model


@pytest.fixture(scope="session")
def trained() -> Triage:
    return model()


def test_the_program_comes_with_the_model_of_its_examples() -> None:
    stored = triage.load(triage.SHIPPED)
    assert stored is not None
    assert stored.version == training.version([]), "run python -m app.language.triage and commit what it writes"


def test_the_bars_hold_on_comments_not_trained_on() -> None:
    told = [one for part in PARTS for one in judged(part)]
    of = figures(told)
    assert macro(of) >= 0.9, "abstentions counted as misses"
    assert all(each.recall >= 0.8 for each in of.values()), of
    assert sum(said.kind == UNSURE for said, _ in told) <= 0.06 * len(told)
    assert not [said for said, kind in told if kind != "spam" and said.sure_spam]
    for part in PARTS:
        of = figures(judged(part))
        assert macro(of) >= 0.85, part
        assert of["spam"].recall >= (0.9 if part == FOURTH else 0.95), "part four is of short adverts alone"
        assert of["spam"].precision >= 0.97, part
        assert leak(judged(part)) <= 0.02, part


def test_confidence_means_something() -> None:
    told = [one for part in PARTS for one in judged(part)]
    sure = [said.likeliest == kind for said, kind in told if said.confidence >= 0.9]
    doubtful = [said.likeliest == kind for said, kind in told if said.confidence < 0.5]
    assert len(sure) > 400
    assert sum(sure) / len(sure) >= 0.93
    assert sum(doubtful) / len(doubtful) <= 0.75


def _grams(text: str) -> set[str]:
    plain = re.sub(r"\s+", " ", text.lower())
    return {plain[i : i + 5] for i in range(max(1, len(plain) - 4))}


def test_no_held_out_comment_is_nearly_a_training_line() -> None:
    lines: dict[str, list[int]] = {}
    for number, (text, _) in enumerate(examples()):
        for gram in _grams(text):
            lines.setdefault(gram, []).append(number)
    wrong = []
    for text, _ in held_out():
        grams = _grams(text)
        shared = Counter(number for gram in grams for number in lines.get(gram, ()))
        if shared and shared.most_common(1)[0][1] > 0.6 * len(grams):
            wrong.append(text)
    assert wrong == []


def test_the_files_are_as_their_heads_say() -> None:
    per_kind = Counter(kind for _, kind in examples())
    assert min(per_kind[kind] for kind in KINDS) >= 350
    texts = [text for text, _ in examples()]
    assert len(texts) == len(set(texts)), "each line once, of one kind"
    assert min(Counter(kind for _, kind in held_out()).values()) >= 100


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("makasih bu kader, tapi lampu di rt 3 masih mati", {"keluhan"}),
        ("terima kasih pak, jadwal berikutnya kapan?", {"pertanyaan"}),
        ("bentuk satgas anti judi online di dusun kami pak", {"aspirasi"}),
        ("psm gacor terus, mantap", {"pujian"}),
        ("𝐆𝐀𝐂𝐎𝐑 di jerukwin88 bosku", {"spam"}),
        ("g a c o r p a r a h di kambing77", {"spam"}),
        ("hebat ya pak, jalan baru sebulan udah hancur 👏🙃", {"kritik", "keluhan"}),
        ("❤️❤️👏", {"pujian"}),
        ("jalanna ruksak pisan pak, iraha dibenerkeun", {"keluhan", "pertanyaan"}),
        ("dalane jeglongan, lampune mati", {"keluhan"}),
        ("", {UNSURE}),
        ("\u200b", {UNSURE}),
        (".", {UNSURE}),
        ("qwzx vbnm plkj", {UNSURE}),
        ("日本語のコメント", {UNSURE}),
    ],
)
def test_traps(trained: Triage, text: str, kinds: set[str]) -> None:
    assert trained.suggest([text])[0].kind in kinds


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("info lengkapnya cek bio kami", {"arah"}),
        ("ada di highlight aku ya", {"di akunku"}),
        ("modal receh jadi jutaan", {"hasil"}),
        ("undangan rapat rt.apk", {"apk", "desa"}),
        ("dana cair tanpa jaminan", {"tanpa syarat"}),
        ("main di 4s1k", {"angka huruf"}),
        ("cair 15 menit", {"lekas"}),
        ("link di balai desa ga bisa dibuka kak", {"gagal", "desa"}),
        ("agen", set()),
        ("iklannya", set()),
    ],
)
def test_shapes_of_offers(text: str, shown: set[str]) -> None:
    found = offers.shapes(normalise(text), text)
    assert shown <= found.keys()
    assert shown or not found
    tokens = len(normalise(text).tokens)
    assert all(0 < strength <= 1.5 and all(i < tokens for i in at) for strength, at in found.values())


def test_sorts_of_words_in_their_order() -> None:
    """Goods, price and contact follow each other in a seller's words; a number alone is of no sort."""
    sold = order(normalise("jual gurame 30rb, chat"))
    assert {"barang>uang", "uang>kontak", "hanya tawar 3"} <= sold.keys()
    asked = order(normalise("gurame di pasar desa berapa?"))
    assert {"barang>desa", "tanya>$"} <= asked.keys()
    assert not asked.keys() & {"hanya tawar 1", "tawar 3"}
    assert order(normalise("12 30 45")) == {}
    tokens = len(normalise("jual gurame 30rb, chat").tokens)
    assert all(0 <= i < tokens for at in sold.values() for i in at)


@pytest.mark.parametrize(
    ("shares", "kind"),
    [
        ({"pujian": 0.9, "keluhan": 0.1}, "pujian"),
        ({"pujian": 0.5, "keluhan": 0.3, "pertanyaan": 0.2}, "keluhan"),
        ({"spam": 0.5, "pertanyaan": 0.3, "kritik": 0.2}, "pertanyaan"),
        ({"spam": 0.7, "pertanyaan": 0.3}, "pertanyaan"),
        ({"spam": 0.95, "pertanyaan": 0.05}, "spam"),
        ({"kritik": 0.4, "pujian": 0.35, "spam": 0.25}, "kritik"),
    ],
)
def test_praise_and_spam_are_suggested_at_a_price(shares: dict[str, float], kind: str) -> None:
    """The comment itself has no sign of spam."""
    assert triage._priced(np.array([shares.get(name, 0.0) for name in KINDS]), features.count("begitu rupanya")) == kind


def test_why_quotes_the_comment(trained: Triage) -> None:
    text = "Tolong pak, 𝐥𝐚𝐦𝐩𝐮 jln di RT 04 MATIII sdh 2 mggu"
    said = trained.suggest([text])[0]
    assert said.kind == "keluhan"
    assert any("mati" in word for word, _ in said.why)
    assert all(word in text.lower() for word, _ in said.why), "as they stood there"
    parts = [part for _, part in said.why]
    assert parts == sorted(parts, reverse=True)
    assert 0 < sum(parts) <= 1.001


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("𝐆𝐀𝐂𝐎𝐑 maxwin terus di 𝐒𝐄𝐌𝐔𝐓𝟖𝟖 depo 20rb scatter", True),
        ("slot gacor maxwin di pisangbet77 rtp 98% klik bio depo 10rb", True),
        ("psm gacor", False),
        ("satgas judi slot gacor maxwin depo harus dibentuk", False),
        ("slot gacor maxwin di pisangbet77 rtp 98% klik bio depo 10rb, awas haram", False),
        ("posyandu slot gacor maxwin di pisangbet77 rtp 98% klik bio depo 10rb", False),
        ("slot gacor maxwin di pisangbet77 rtp 98% klik bio depo 10rb, mohon ditertibkan", False),
        ("suami saya kecanduan slot gacor maxwin, tolong pak", False),
        ("saya mau bunuh diri gara2 slot gacor maxwin depo 88", False),
        ("lampu mati. gacor maxwin slot depo semut88", False),
    ],
)
def test_only_certain_spam_may_be_hidden_by_itself(trained: Triage, text: str, hidden: bool) -> None:
    assert trained.spam_sure(text) is hidden


def test_long_and_odd_comments_are_read(trained: Triage) -> None:
    for text in ("jalan rusak " * 20_000, "😀" * 50_000, "\ud800 jalan rusak", "a" * 100_000, "🇮" * 999, "\x00\x01"):
        assert 0 <= trained.suggest([text])[0].confidence <= 1


def test_a_stored_model_answers_the_same(trained: Triage, tmp_path: Path) -> None:
    path = tmp_path / "model" / "jenis.npz"
    trained.save(path)
    assert triage.ready(path).version == trained.version, "taken, not trained anew"
    stored = triage.load(path)
    assert stored is not None
    texts = [text for text, _ in held_out()][::9]
    assert stored.suggest(texts) == trained.suggest(texts)
    program = (
        "import sys\nfrom pathlib import Path\nfrom app.language import triage, urgency\n"
        f"print(triage.load(Path({str(path)!r})).suggest(['jalan rusak parah'])[0].kind)\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('sklearn', 'scipy', 'flask', 'sqlalchemy')])\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout.split("\n")[:2] == ["keluhan", "[]"]


@pytest.mark.parametrize("damage", ["missing", "empty", "half", "pickle", "shape", "infinite"])
def test_a_damaged_file_is_no_model(trained: Triage, tmp_path: Path, damage: str) -> None:
    path = tmp_path / "jenis.npz"
    trained.save(path)
    whole = path.read_bytes()
    if damage == "missing":
        path.unlink()
    elif damage in ("empty", "half"):
        path.write_bytes(whole[: len(whole) // 2 if damage == "half" else 0])
    else:
        with np.load(path) as stored:
            parts = dict(stored)
        if damage == "pickle":
            parts["names"] = np.array([{"runs": print}], dtype=object)
        elif damage == "shape":
            parts["weights"] = parts["weights"][:, :-1]
        else:
            parts["weights"][0, 0] = np.inf
        np.savez(path, **parts)
    assert triage.load(path) is None


def test_corrections_teach_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """One organisation calls every broken road spam, 160 times; another teaches a word nobody knew.

    A tenth of the examples and of the bounds: the whole takes seconds more and says the same.
    """
    base = [(features.count(text), KINDS.index(kind)) for text, kind in examples()[::10]]
    monkeypatch.setattr(training, "_counted_examples", lambda: base)
    monkeypatch.setattr(training, "NEWEST", 60)
    odd = [
        (f"jalan rusak parah nomor {'abcdefghij'[i % 10]}{'klmnopqrst'[i // 16]} tolong {i}", "spam", "7")
        for i in range(160)
    ]
    new = [(f"mantenan blekutuk {word}", "kritik", "8") for word in ("ini", "itu", "terus", "lagi", "sekali", "pak")]
    kept = training.chosen([*odd, *new, ("apa", UNSURE, "8"), ("jalan", "no such kind", "8")])
    assert Counter(one.organisation for one in kept) == {"7": 60, "8": 6}
    plain, bent = triage.train(), triage.train([*odd, *new])
    assert bent.version != plain.version
    assert (
        bent.probabilities("wah blekutuk mantenan")["kritik"] > plain.probabilities("wah blekutuk mantenan")["kritik"]
    )
    comments = held_out(SECOND)
    before, after = (
        list(zip(each.suggest([text for text, _ in comments]), [kind for _, kind in comments], strict=True))
        for each in (plain, bent)
    )
    assert macro(figures(after)) >= macro(figures(before)) - 0.04
    assert leak(after) <= leak(before) + 0.03
    assert not [text for text, kind in comments if kind != "spam" and bent.spam_sure(text)]


def test_the_last_word_on_a_text_counts() -> None:
    kept = training.chosen([("a b", "spam", "1"), ("c", "kritik", "1"), ("a b", "pujian", "1"), ("a b", "spam", "2")])
    assert [tuple(one) for one in kept] == [("c", "kritik", "1"), ("a b", "pujian", "1"), ("a b", "spam", "2")]
    assert training.version(kept) == training.version(list(kept))
    assert training.version(kept) != training.version(kept[:2])
