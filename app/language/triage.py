"""Suggesting a kind for a comment: a kind, how sure, and the words that weighed. It suggests; a person decides.

``ready`` trains or takes a stored model; ``Triage.suggest`` answers. A stored model is a ``.npz`` of plain numbers and
names, read with ``allow_pickle=False``: unlike a pickle, a file that somebody else wrote cannot run anything, and one
that is damaged or of other examples is trained anew. Answering needs numpy only; the model library (scikit-learn: 1.5 s
and 113 MB) is imported while training, in the jobs' child alone.

Costs are not equal: a resident's question filed under praise is lost, praise filed under questions costs a glance. So
praise and spam are suggested only when little speaks for anything that must be answered; a suggestion below its
confidence is "perlu dipilah". Neutral chatter ("hadir", "ok") counts as pujian: read later, no deadline.
"""

from __future__ import annotations

import contextlib
import json
import os
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from app.language import training
from app.language.evidence import SIGNS, VILLAGE, fault
from app.language.features import Counted, count, vector
from app.language.normal import words_of
from app.language.offers import OFFERS
from app.language.training import KINDS, Correction, Learnt
from app.language.urgency import urgent

#: The model of the examples alone: training takes a core some ten seconds, which a first start should not cost.
SHIPPED = Path(__file__).with_name("perkiraan.npz")
UNSURE = "perlu dipilah"
#: Kinds that somebody must answer.
ANSWERED = frozenset({"aspirasi", "kritik", "keluhan", "pertanyaan"})
_ANSWERED = np.array([kind in ANSWERED for kind in KINDS])
#: Confidence below which nothing is suggested.
FLOOR = {"aspirasi": 0.34, "kritik": 0.34, "keluhan": 0.34, "pertanyaan": 0.34, "pujian": 0.45, "spam": 0.5}
#: Praise and spam are not suggested where kinds that must be answered have this much of the confidence together.
LEAK = {"pujian": 0.2, "spam": 0.4}
#: Spam without any sign of spam (no brand, offer, link, number, disguise) must be this certain to be suggested.
UNSIGNED_SPAM = 0.75
#: Where a gambling word, a brand, a link, a disguise or an offer stands, and no fault: this much.
SIGNED_LEAK = 0.6
_STRONG_SIGNS = frozenset({"judi", "merek", "tautan", "samar", "taruhan"})
_SPAM_SIGNS = frozenset({"judi", "tawar", "merek", "tautan", "nomor", "ekor", "samar", "taruhan"}) | OFFERS
#: Automatic hiding: confidence, and independent signs of which there must be two. Stated by `make bench`.
SURE = 0.96
_SURE_SIGNS = (("samar",), ("judi",), ("merek", "ekor"), ("tautan", "nomor"), ("taruhan",), ("tawar",))
#: Words of people who speak about spam instead of making it.
_ABOUT = words_of(
    "satgas tangkap razia berantas blokir tolak haram bahaya anti korban kecanduan polisi waspada jangan awas hoaks "
    "hoax "
    "penipuan tertipu bahayanya stop larang larangan dilarang suami istri anak anakku bapak ibu adik kakak tidak"
)
_SHAPE = frozenset({"panjang", "pendek", "teriak", "tanpa tanda", "sebut"})
_WORDS_SHOWN = 5
#: Known pieces of five letters that make an unknown word readable.
_PIECES_READ = 3


@dataclass(frozen=True)
class Suggestion:
    """kind: one of KINDS or "perlu dipilah". confidence: 0 to 1, calibrated; of ``likeliest`` if none is suggested.

    why: (word as it stood in the comment, part of the weight that spoke for the kind, 0 to 1), heaviest first.
    likeliest: the kind the confidence belongs to. sure_spam: may be hidden by itself if an organisation switched it on.
    urgent: it is one for ``urgency`` (never hidden by itself).
    """

    kind: str
    confidence: float
    why: tuple[tuple[str, float], ...]
    likeliest: str
    sure_spam: bool = False
    urgent: bool = False


class Triage:
    """A trained model. Make one with ``train``, ``load`` or ``ready``; safe to use from several threads."""

    def __init__(self, version: str, learnt: Learnt) -> None:
        self.version = version
        self._learnt = learnt
        self._columns = {name: column for column, name in enumerate(learnt.names)}
        self._idf = [float(value) for value in learnt.idf]

    def suggest(self, texts: Iterable[str]) -> list[Suggestion]:
        """One suggestion for each comment, in order. Never raises for any string."""
        return [self._one(text) for text in texts]

    def probabilities(self, text: str) -> dict[str, float]:
        """Kind → calibrated probability, before costs are weighed."""
        return dict(zip(KINDS, map(float, self._weigh(count(text))[0]), strict=True))

    def spam_sure(self, text: str) -> bool:
        """Whether a comment may be hidden by itself: certain, doubly signed, nothing of a village's matters in it."""
        return self._one(text).sure_spam

    def save(self, path: Path) -> None:
        """Write the model beside its place and put it there in one step."""
        names = np.frombuffer(json.dumps(self._learnt.names).encode(), np.uint8)
        head = np.frombuffer(json.dumps({"version": self.version}).encode(), np.uint8)
        path.parent.mkdir(parents=True, exist_ok=True)
        unready = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        with unready.open("wb") as file:
            np.savez_compressed(
                file,
                head=head,
                names=names,
                idf=self._learnt.idf,
                weights=self._learnt.weights,
                bias=self._learnt.bias,
                temperature=np.array([self._learnt.temperature], np.float64),
            )
            file.flush()
            os.fsync(file.fileno())
        unready.replace(path)

    def _weigh(self, counted: Counted) -> tuple[Any, list[tuple[int, float, tuple[int, ...]]]]:
        found = vector(counted, self._columns, self._idf)
        scores = self._learnt.bias.astype(float)
        if found:
            columns, values = [column for column, _, _ in found], np.array([value for _, value, _ in found])
            scores = scores + self._learnt.weights[:, columns] @ values
        scores = scores / self._learnt.temperature
        likely = np.exp(scores - scores.max())
        return likely / likely.sum(), found

    def _one(self, text: str) -> Suggestion:
        counted = count(text)
        if not counted.normal.tokens:
            return Suggestion(UNSURE, 0.0, (), "pujian")
        parts, found = self._weigh(counted)
        likeliest = _priced(parts, counted)
        confidence = float(parts[KINDS.index(likeliest)])
        kind = likeliest if confidence >= FLOOR[likeliest] and self._reads(counted) else UNSURE
        danger = urgent(text) is not None
        sure = kind == "spam" and confidence >= SURE and not danger and _doubly_signed(counted)
        return Suggestion(kind, round(confidence, 4), self._why(counted, found, likeliest), likeliest, sure, danger)

    def _reads(self, counted: Counted) -> bool:
        """Whether a word is known, a sign stands there, or long pieces of words are known ("barokalloh").

        Nothing is suggested for words that say nothing to it.
        """
        if any(word.startswith("w:") and word in self._columns for word in counted.features):
            return True
        long = sum(piece.startswith("c:") and len(piece) > 6 and piece in self._columns for piece in counted.features)
        return long >= _PIECES_READ or bool(counted.strengths.keys() - _SHAPE)

    def _why(
        self, counted: Counted, found: list[tuple[int, float, tuple[int, ...]]], kind: str
    ) -> tuple[tuple[str, float], ...]:
        """Words by what they added to the kind beyond what they added to the others."""
        row = KINDS.index(kind)
        weights = self._learnt.weights
        spoke: dict[str, float] = defaultdict(float)
        for column, value, places in found:
            beyond = value * float(weights[row, column] - weights[:, column].mean())
            for place in places:
                token = counted.normal.tokens[place]
                spoke[counted.text[token.start : token.end].lower()] += beyond / len(places)
        total = sum(weight for weight in spoke.values() if weight > 0) or 1.0
        heaviest = sorted(spoke.items(), key=lambda pair: (-pair[1], pair[0]))[:_WORDS_SHOWN]
        return tuple((word[:40], round(weight / total, 3)) for word, weight in heaviest if weight > 0.03 * total)


def _priced(parts: Any, counted: Counted) -> str:
    """The kind to suggest, given what a wrong one costs."""
    best = KINDS[int(parts.argmax())]
    if best in ANSWERED:
        return best
    signs = counted.strengths.keys()
    most = LEAK[best]
    offered = signs & {"niaga", "tawar"} and not signs & {"usul", "tanya", "?"}
    if best == "spam" and (signs & _STRONG_SIGNS or offered) and not fault(counted.normal):
        most = SIGNED_LEAK
    if parts[_ANSWERED].sum() > most:
        return KINDS[int(np.where(_ANSWERED, parts, -1).argmax())]
    if best == "spam" and not signs & _SPAM_SIGNS and parts.max() < UNSIGNED_SPAM:
        return _second(parts)
    return best


def _second(parts: Any) -> str:
    """The likeliest kind but spam; praise only where little speaks for what must be answered."""
    without = np.where(np.array(KINDS) == "spam", -1, parts)
    best = KINDS[int(without.argmax())]
    if best == "pujian" and parts[_ANSWERED].sum() > LEAK["pujian"]:
        return KINDS[int(np.where(_ANSWERED, parts, -1).argmax())]
    return best


def _doubly_signed(counted: Counted) -> bool:
    """Whether two kinds of signs stand there, one naming somewhere to go, and nothing a resident would say."""
    words = set(counted.normal.words)
    if words & VILLAGE or words & _ABOUT or fault(counted.normal) or "?" in words:
        return False
    aimed = counted.strengths.keys() & {"merek", "ekor", "tautan", "nomor"} or len(words & SIGNS["judi"]) >= 2
    return bool(aimed) and sum(any(sign in counted.strengths for sign in group) for group in _SURE_SIGNS) >= 2


def train(corrections: Iterable[Sequence[str]] = ()) -> Triage:
    """Train on our examples and what coordinators decided: (text, kind) or (text, kind, organisation), oldest first.

    Seconds, one core. The same input gives the same suggestions.
    """
    kept = training.chosen(corrections)
    return Triage(training.version(kept), training.learn(kept))


def load(path: Path) -> Triage | None:
    """A stored model; None where there is none or it cannot be read."""
    with contextlib.suppress(OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            names = json.loads(stored["names"].tobytes())
            shape = (len(KINDS), len(names))
            weights, idf, bias = stored["weights"], stored["idf"], stored["bias"]
            temperature = float(stored["temperature"][0])
            head = json.loads(stored["head"].tobytes())
        numbers = (weights, idf, bias, np.array([temperature]))
        fits = weights.shape == shape and idf.shape == shape[1:] and bias.shape == shape[:1] and temperature > 0
        if fits and all(np.isfinite(part).all() for part in numbers):
            return Triage(str(head["version"]), Learnt(names, idf, weights, bias, temperature))
    return None


def shipped() -> Triage:
    """What the program comes with: learned from the examples alone. A test holds that it is what they give;
    ``python -m app.language.triage`` makes it anew. Trained where it is missing or older than the examples.
    """
    stored = load(SHIPPED)
    return stored if stored is not None and stored.version == training.version([]) else train()


def ready(path: Path, corrections: Iterable[Sequence[str]] = ()) -> Triage:
    """The stored model if it is the one that these corrections give, else one newly trained and stored.

    path: a file under KENTONGAN_HOME that only this installation writes.
    """
    kept: list[Correction] = training.chosen(corrections)
    stored = load(path)
    if stored is not None and stored.version == training.version(kept):
        return stored
    fresh = train(kept)
    fresh.save(path)
    return fresh


if __name__ == "__main__":
    train().save(SHIPPED)
