"""One object of every kind, and the digests of its files: run as a module in another process."""

from __future__ import annotations

import hashlib
import json
import sys
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import polars as pl
from matplotlib.figure import Figure
from PIL import Image
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from jupyter_ipfs import adapters

if TYPE_CHECKING:
    from collections.abc import Callable

POINTS = np.random.default_rng(0).normal(size=(60, 3))
LABELS = (POINTS[:, 0] > 0).astype(int)


def figure() -> Figure:
    figure = Figure(layout="constrained")
    left, right = figure.subplots(1, 2)
    left.plot(POINTS[:, 0], label="a")
    left.scatter(POINTS[:, 1], POINTS[:, 2], c=LABELS, clip_on=True)
    left.fill_between([0, 1], [1, 2], hatch="//")
    left.legend()
    right.imshow(POINTS[:9])
    right.set_title("$x^2$ and text")
    return figure


def forest() -> Any:  # noqa: ANN401
    return RandomForestClassifier(5, random_state=0).fit(POINTS, LABELS)


def boosting() -> Any:  # noqa: ANN401
    return HistGradientBoostingClassifier(max_iter=3, random_state=0).fit(POINTS, LABELS)


def pipeline() -> Any:  # noqa: ANN401
    return make_pipeline(StandardScaler(), LogisticRegression()).fit(POINTS, LABELS)


def words() -> Any:  # noqa: ANN401
    return TfidfVectorizer(stop_words=["a", "the"]).fit(["hello world", "the world"])


def columns() -> Any:  # noqa: ANN401
    frame = pd.DataFrame({"a": ["x", "y"], "b": [1, 2]})
    return make_column_transformer((OneHotEncoder(), ["a"]), remainder="passthrough").fit(frame)


def with_sets() -> Any:  # noqa: ANN401
    model = LogisticRegression()
    model.texts_ = {"zz", "b", "a", "q"}
    model.pairs_ = [{("a", 1), ("b", 2)}, b"bytes"]
    model.sparse_ = OneHotEncoder().fit_transform([["a"], ["b"]])
    return model


def neighbours() -> Any:  # noqa: ANN401
    return KNeighborsClassifier().fit(POINTS, LABELS)


MODELS: dict[str, Callable[[], Any]] = {
    "forest": forest,
    "boosting": boosting,
    "pipeline": pipeline,
    "words": words,
    "columns": columns,
    "neighbours": neighbours,
    "sets": with_sets,
}
SAMPLES: dict[str, Callable[[], Any]] = {
    **MODELS,
    "pandas": lambda: pd.DataFrame(
        {"a": [1.5, None], "s": ["x", None], "c": pd.Categorical(["q", "r"])},
        index=pd.date_range("2020", periods=2, tz="UTC"),
    ),
    "polars": lambda: pl.DataFrame(
        {"a": [1, None], "c": pl.Series(["x", "y"], dtype=pl.Categorical)}
    ),
    "array": lambda: POINTS,
    "arrays": lambda: {key: POINTS for key in ("b", "a", "c")},  # noqa: C420
    "json": lambda: {key: {"y": 1, "x": [1.5, "ä"]} for key in ("b", "a", "c")},
    "text": lambda: "ä\r\n",
    "image": lambda: Image.fromarray((POINTS * 50).astype("u1")),
    "figure": figure,
}


def digests() -> dict[str, dict[str, str]]:
    """Return the digest of every file of every sample."""
    return {
        label: {
            name: hashlib.sha256(content).hexdigest()
            for name, content in adapters.dump(make()).items()
            if isinstance(content, bytes)
        }
        for label, make in SAMPLES.items()
    }


if __name__ == "__main__":
    if "--unlike" in sys.argv:  # as another user's process would be
        mpl.rcParams["savefig.dpi"] = 300
        mpl.rcParams["savefig.transparent"] = True
        mpl.rcParams["svg.fonttype"] = "none"
        keep = [object() for _ in range(1000)]
    sys.stdout.write(json.dumps(digests()))
