"""Teaching the model: our readable examples, the coordinators' corrections, and how sure it may be of itself.

Linear margins (a support vector machine, one kind against the rest) and a little multinomial naive Bayes over TF-IDF
(scikit-learn, imported only in here while it trains), added up to one row of weights a kind. Its probabilities are
calibrated by one temperature, found on comments that the judging model had not seen (three folds): dividing all scores
by it makes "0.8" come true in about eight of ten. The same examples and corrections give the same model.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from app.language._vowels import COMMON
from app.language.features import Counted, count, vector
from app.language.groups import GROUPS
from app.language.normal import LISTS, WORDS

KINDS = ("aspirasi", "kritik", "keluhan", "pertanyaan", "pujian", "spam")
EXAMPLES = Path(__file__).with_name("examples")
_MODULES = ("_folding", "_vowels", "normal", "evidence", "offers", "groups", "features", "training")
#: A correction weighs as much as this many of our examples, ...
CORRECTION = 1.5
#: ... but all of one organisation no more than this part of our examples, and all organisations together this part: the
#: model is shared, and nobody's odd labels may bend it far for the others.
ONE_ORGANISATION, ALL_ORGANISATIONS = 0.08, 0.5
#: Newest corrections that are read, of one organisation and in all: training stays a matter of seconds.
NEWEST, NEWEST_ALL = 500, 3_000
_FOLDS = 3
#: Neighbours in our files are of one sort: they are judged together, or the model would know them from each other.
_NEIGHBOURS = 12
_C = 0.4
#: How much the second model says, and what it grants words it never saw in a kind. All three by cross-validation on the
#: examples in blocks of neighbours: macro-F1 0.848 with a logistic regression, 0.859 with these.
_USAGE, _SMOOTHED = 0.06, 0.1
#: Comments of other villages differ more from ours than ours from each other: a little more modesty than measured.
_MODESTY = 1.05


class Correction(NamedTuple):
    """What a coordinator decided. organisation: any stable name of whose decision it was."""

    text: str
    kind: str
    organisation: str = ""


class Learnt(NamedTuple):
    """names: features in the order of columns. weights: (kinds, columns). temperature: scores are divided by it."""

    names: list[str]
    idf: np.ndarray[Any, np.dtype[np.float32]]
    weights: np.ndarray[Any, np.dtype[np.float32]]
    bias: np.ndarray[Any, np.dtype[np.float32]]
    temperature: float


def examples() -> list[tuple[str, str]]:
    """Our examples as (text, kind), in the order of the files."""
    return [(row, kind) for kind in KINDS for row in rows(EXAMPLES / f"{kind}.txt")]


def rows(path: Path) -> list[str]:
    """The comments of a readable file: one a line; lines that begin with "# " are its head."""
    return [row for row in path.read_text("utf-8").splitlines() if row.strip() and not row.startswith("# ")]


def chosen(corrections: Iterable[Sequence[str]]) -> list[Correction]:
    """Corrections that are learnt from: known kinds only, the last word on the same text, the newest of each.

    They come oldest first. "perlu dipilah" teaches nothing.
    """
    last: dict[tuple[str, str], Correction] = {}
    for row in corrections:
        one = Correction(*row)
        if one.kind in KINDS and one.text.strip():
            last.pop((one.organisation, one.text), None)
            last[one.organisation, one.text] = one
    seen: Counter[str] = Counter()
    kept: list[Correction] = []
    for one in reversed(last.values()):
        seen[one.organisation] += 1
        if seen[one.organisation] <= NEWEST and len(kept) < NEWEST_ALL:
            kept.append(one)
    return kept[::-1]


def version(corrections: Sequence[Correction]) -> str:
    """Names the model that these corrections and our present examples, word lists and rules give."""
    digest = hashlib.sha256()
    here = Path(__file__).parent
    lists = [GROUPS, COMMON, *(WORDS / f"{name}.txt" for name in LISTS), *(EXAMPLES / f"{kind}.txt" for kind in KINDS)]
    for path in [*(here / f"{name}.py" for name in _MODULES), *lists]:
        digest.update(path.read_bytes() + b"\0")
    for one in corrections:
        digest.update(repr(tuple(one)).encode("utf-8", "surrogatepass") + b"\0")
    return digest.hexdigest()[:20]


def learn(corrections: Sequence[Correction]) -> Learnt:
    """Train. Three to five seconds on one core; the same input gives the same result."""
    ours = _counted_examples()
    counted = [one for one, _ in ours] + [count(one.text) for one in corrections]
    kinds = np.array([kind for _, kind in ours] + [KINDS.index(one.kind) for one in corrections])
    trust = np.concatenate([np.ones(len(ours)), _trust(corrections, len(ours))])
    names, idf = _vocabulary(counted)
    matrix = _matrix(counted, {name: column for column, name in enumerate(names)}, idf)
    temperature = _temperature(matrix, kinds, trust)
    weights, bias = _fit(matrix, kinds, trust)
    return Learnt(
        names,
        np.array(idf, np.float32),
        weights.astype(np.float32),
        bias.astype(np.float32),
        temperature,
    )


@cache
def _counted_examples() -> list[tuple[Counted, int]]:
    return [(count(text), KINDS.index(kind)) for text, kind in examples()]


def _trust(corrections: Sequence[Correction], base: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Weight of each correction, within the bounds of its organisation and of all."""
    each = Counter(one.organisation for one in corrections)
    most = {name: min(CORRECTION, ONE_ORGANISATION * base / number) for name, number in each.items()}
    trust = np.array([most[one.organisation] for one in corrections], float)
    return trust * min(1.0, ALL_ORGANISATIONS * base / trust.sum()) if len(trust) else trust


def _vocabulary(counted: Sequence[Counted]) -> tuple[list[str], list[float]]:
    """Features found in two comments or more (so no single resident's name is kept), and their rarity."""
    found = Counter(feature for one in counted for feature in one.features)
    seen_signs = sorted({f"h:{sign}" for one in counted for sign in one.strengths})
    names = [*sorted(feature for feature, number in found.items() if number > 1), *seen_signs]
    return names, [math.log((1 + len(counted)) / (1 + found[name])) + 1 for name in names]


def _matrix(counted: Sequence[Counted], columns: dict[str, int], idf: Sequence[float]) -> Any:
    from scipy.sparse import csr_matrix

    ends, places, values = [0], [], []
    for one in counted:
        for column, value, _ in vector(one, columns, idf):
            places.append(column)
            values.append(value)
        ends.append(len(places))
    return csr_matrix((values, places, ends), shape=(len(counted), len(columns)))


def _fit(matrix: Any, kinds: Any, trust: Any) -> tuple[Any, Any]:
    """(weights, bias) of both models together: margins, and a little of how often each kind says a word."""
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.naive_bayes import MultinomialNB
    from sklearn.svm import LinearSVC
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # ships no types

    # One thread: these matrices are small, and threads that wait for each other take ten times as long.
    with threadpool_limits(1), warnings.catch_warnings():
        # Odd corrections may keep it from settling; what it has after these steps is as good on unseen comments.
        warnings.simplefilter("ignore", ConvergenceWarning)
        margins = LinearSVC(C=_C, max_iter=300, random_state=0).fit(matrix, kinds, sample_weight=trust)
        usage = MultinomialNB(alpha=_SMOOTHED).fit(matrix, kinds, sample_weight=trust)
    return (
        margins.coef_ + _USAGE * usage.feature_log_prob_,
        margins.intercept_ + _USAGE * usage.class_log_prior_,
    )


def _temperature(matrix: Any, kinds: Any, trust: Any) -> float:
    """The divisor of scores under which unseen comments are least surprising (negative log likelihood)."""
    scores = np.zeros((len(kinds), len(KINDS)))
    fold = np.arange(len(kinds)) // _NEIGHBOURS % _FOLDS
    for number in range(_FOLDS):
        unseen = fold == number
        weights, bias = _fit(matrix[~unseen], kinds[~unseen], trust[~unseen])
        scores[unseen] = matrix[unseen] @ weights.T + bias

    def surprise(divisor: float) -> float:
        logits = scores / divisor
        logits -= logits.max(axis=1, keepdims=True)
        likely = logits[np.arange(len(kinds)), kinds] - np.log(np.exp(logits).sum(axis=1))
        return float(-(trust * likely).sum())

    return _MODESTY * min((0.1 * 1.06**step for step in range(60)), key=surprise)
