"""Models, and what is refused instead of pickled."""

from __future__ import annotations

import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
from sklearn.base import BaseEstimator
from sklearn.preprocessing import FunctionTransformer

from jupyter_ipfs import adapters
from jupyter_ipfs.errors import AdapterError, UnsupportedTypeError, UntrustedTypesError

from .roundtrip import back, load, openers
from .samples import MODELS, POINTS

TREE = "sklearn.tree._tree.Tree"


class Custom(BaseEstimator):  # type: ignore[misc]
    """A model of the user's own."""

    def __init__(self, factor: float = 2.0) -> None:
        self.factor = factor


class Pretrained:
    """What transformers and diffusers look like."""

    def __init__(self, weights: str) -> None:
        self.weights = weights

    def save_pretrained(self, directory: str) -> None:
        (Path(directory) / "config.json").write_text("{}")
        (Path(directory) / "unet").mkdir()
        (Path(directory) / "unet" / self.weights).write_bytes(b"weights")


@pytest.mark.parametrize("label", MODELS)
def test_a_model_comes_back_and_gives_the_same_bytes_again(label: str) -> None:
    model = MODELS[label]()
    files = adapters.dump(model)
    try:
        found = load(files)
    except UntrustedTypesError as error:
        found = load(files, (error.hint or "").rpartition("--trust ")[2].split(","))
    assert type(found) is type(model)
    # Before predicting: a KDTree counts its queries, and they are part of it.
    assert adapters.dump(found) == files
    if hasattr(model, "predict") and hasattr(model, "n_features_in_"):
        assert np.array_equal(found.predict(POINTS), model.predict(POINTS))


def test_an_ordinary_pipeline_needs_no_trust() -> None:
    model = MODELS["pipeline"]()
    assert np.array_equal(back(model).predict(POINTS), model.predict(POINTS))


def test_types_nobody_agreed_to_are_listed_with_the_line_to_type() -> None:
    files = adapters.dump(MODELS["forest"]())
    with pytest.raises(UntrustedTypesError) as caught:
        load(files)
    assert TREE in caught.value.message
    assert (caught.value.hint or "").endswith(f"%ipfs load NAME --trust {TREE}")
    assert load(files, [TREE]).n_estimators == 5


def test_trusting_one_type_does_not_trust_another() -> None:
    files = adapters.dump(Custom())
    with pytest.raises(UntrustedTypesError, match=r"test_models\.Custom"):
        load(files, [TREE])
    assert load(files, [f"{__name__}.Custom"]).factor == 2.0


def test_a_function_named_in_a_model_is_not_called_without_trust() -> None:
    import os  # noqa: PLC0415

    files = adapters.dump(FunctionTransformer(os.getcwd))
    with pytest.raises(UntrustedTypesError, match=r"posix\.getcwd|nt\.getcwd"):
        load(files)


def test_a_model_with_a_lambda_is_refused_or_not_loadable() -> None:
    files = None
    try:
        files = adapters.dump(FunctionTransformer(lambda x: x))
    except UnsupportedTypeError as error:
        assert error.hint  # noqa: PT017
    if files:
        with pytest.raises(AdapterError):
            load(files)


def test_a_model_that_skops_cannot_store_is_refused_with_a_way_out() -> None:
    from sklearn.cluster import Birch  # noqa: PLC0415

    with pytest.raises(UnsupportedTypeError, match="Birch") as caught:
        adapters.dump(Birch())
    assert "save_model" in (caught.value.hint or "")


def test_a_pretrained_model_is_its_directory(tmp_path: Path) -> None:
    files = adapters.dump(Pretrained("model.safetensors"))
    assert sorted(files) == ["pretrained/config.json", "pretrained/unet/model.safetensors"]
    found = load(files)
    assert list(found) == ["config.json", "unet/model.safetensors"]
    assert "from_pretrained" in repr(found)
    written = found.write(tmp_path / "model")
    assert (written / "unet" / "model.safetensors").read_bytes() == b"weights"
    with pytest.raises(AdapterError, match="not empty"):
        found.write(tmp_path / "model")
    # The temporary directory lives as long as the files and no longer.
    place = files["pretrained/config.json"]
    assert isinstance(place, Path)
    del files, found
    assert not place.exists()


def test_a_pretrained_model_saved_as_pickle_is_refused() -> None:
    with pytest.raises(UnsupportedTypeError, match="pickle") as caught:
        adapters.dump(Pretrained("pytorch_model.bin"))
    assert "safe_serialization=True" in (caught.value.hint or "")


@pytest.mark.parametrize("name", ["pretrained/../evil", "pretrained//evil", "pretrained/a\\b"])
def test_a_pretrained_directory_cannot_write_outside(name: str, tmp_path: Path) -> None:
    with pytest.raises(AdapterError, match="safe file name"):
        load({name: b"x"}).write(tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif("torch" in sys.modules, reason="shows what happens without torch")
def test_safetensors_are_read_without_torch() -> None:
    arrays = {"a": np.arange(3.0), "b": np.eye(2, dtype="f2")}
    found = load({"weights.safetensors": safetensors.numpy.save(arrays)})
    assert found.keys() == arrays.keys()
    assert all(np.array_equal(found[key], arrays[key]) for key in arrays)


def test_a_pickle_is_never_loaded() -> None:
    for name in ("model.pkl", "model.joblib", "model.pt"):
        with pytest.raises(UnsupportedTypeError, match="never loaded") as caught:
            adapters.load(openers({name: b"\x80\x04K\x01."}))
        assert "%ipfs get" in (caught.value.hint or "")


class Plain:
    """Nothing that has a format."""


def known_refusals() -> dict[str, tuple[Any, str]]:
    import pandas as pd  # noqa: PLC0415

    class Frame(pd.DataFrame):  # type: ignore[misc]
        pass

    frame = pd.DataFrame({"a": [1]})
    return {
        "styler": (frame.style, "table_uuid"),
        "sub-class of DataFrame": (Frame(frame), "pandas.DataFrame(x)"),
        "index": (frame.index, "x.to_frame()"),
        "lambda": (lambda: 1, "inspect.getsource"),
        "class": (Plain, "inspect.getsource"),
        "generator": ((i for i in range(3)), "list(x)"),
        "tuple": ((1, 2), "list(x)"),
        "set": ({1}, "sorted(x)"),
        "bytearray": (bytearray(b"x"), "bytes(x)"),
        "module": (types, "Path(x.__file__)"),
        "instance": (Plain(), "Path"),
        "sub-class of str": (type("Name", (str,), {})("x"), "str(x)"),
    }


@pytest.mark.parametrize("label", known_refusals())
def test_what_has_no_safe_format_is_refused_with_the_line_to_type(label: str) -> None:
    obj, hint = known_refusals()[label]
    with pytest.raises(UnsupportedTypeError, match="no safe format") as caught:
        adapters.dump(obj)
    assert hint in (caught.value.hint or "")
