"""The data sets of the experiments, and your own from a CSV or NPZ file.

Bias is a homogeneous coordinate: a column of ones, put last, unless ``bias=False``.

===================  =====  ===  ============================================================
name                 N      n    what [B26] trains on
===================  =====  ===  ============================================================
``moons``            800    3    two interleaving half circles, noise 0.2, labels 0 and 1
``breast-cancer``    455    31   Wisconsin diagnostic breast cancer, labels 0 and 1
===================  =====  ===  ============================================================

Both are the training part of a split into 80 and 20 percent with random state 42 (stratified
for breast cancer), each input scaled to mean 0 and standard deviation 1 over that part.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path as FilePath

import numpy as np

from reference.model.csv_table import read_csv
from reference.model.domain import NormalizedWeights
from reference.model.exact_arithmetic import Array
from reference.model.losses import Logistic, Loss, Squared
from reference.model.npz import naming, read_npz
from reference.model.problem import Problem
from reference.model.validation import real_array

PUBLISHED_LOSSES: dict[str, type[Loss]] = {"moons": Squared, "breast-cancer": Logistic}
PUBLISHED_KAPPA = 1e-3
TEACHER_DECAY = 1.35
TEACHER_DEVIATION = 0.8


@dataclass(frozen=True, eq=False)
class Data:
    """Samples ``X`` (N, n), targets ``y`` (N,) and what to call them.

    Raises
    ------
    TypeError, ValueError
        If an array is empty, of the wrong shape, or holds anything but finite reals.
    """

    X: Array
    y: Array
    name: str

    def __post_init__(self) -> None:
        X = real_array(self.X, "X", (None, None))
        object.__setattr__(self, "X", X)
        object.__setattr__(self, "y", real_array(self.y, "y", (len(X),)))


def load(source: str | os.PathLike[str], bias: bool = True) -> Data:
    """Return a data set by name, or from a file of your own.

    Parameters
    ----------
    source : str or path
        ``"moons"``, ``"breast-cancer"``, a CSV file (a header that names every column, the target
        last; true and false read as 1 and 0) or an NPZ file (arrays ``X`` and ``y``, never
        unpickled). Files are taken as they are: their inputs are not rescaled.
    bias : bool, default True
        Whether to append the homogeneous column of ones.

    Raises
    ------
    ValueError
        If the source is unknown, or a file is unreadable (a CSV error names the line), not
        finite, or holds fewer than two samples.
    OSError
        If the file cannot be opened.
    """
    source = os.fspath(source)
    if source in PUBLISHED_LOSSES:
        X, y = _moons() if source == "moons" else _breast_cancer()
        return Data(with_ones(X) if bias else X, y, source)
    readers = {".csv": _from_csv, ".npz": _from_npz}
    suffix = FilePath(source).suffix.lower()
    if suffix not in readers:
        names = ", ".join(PUBLISHED_LOSSES)
        raise ValueError(f"data: found {source!r}, allowed are {names} and .csv or .npz files")
    data = readers[suffix](source)
    if len(data.X) < 2:
        raise ValueError(f"{source}: found 1 sample, allowed are at least 2")
    return Data(with_ones(data.X), data.y, data.name) if bias else data


def published_problem(name: str) -> Problem:
    """Return the problem as [B26] ran it (theory, section 1, *Experiment protocol*).

    Squared loss on Moons, logistic on Breast Cancer, ``kappa = 1e-3``, rows in
    `NormalizedWeights`: a network of published width ``m`` has ``m + 1`` rows, the constant
    neuron last.

    Raises
    ------
    ValueError
        If the name is neither ``"moons"`` nor ``"breast-cancer"``.
    """
    if name not in PUBLISHED_LOSSES:
        raise ValueError(f"name: found {name!r}, allowed are {', '.join(PUBLISHED_LOSSES)}")
    data = load(name)
    return Problem(data.X, data.y, PUBLISHED_LOSSES[name](), PUBLISHED_KAPPA, NormalizedWeights())


def ridge_teacher(
    inputs: int, task: str = "regression", seed: int = 0, samples: int = 384, ridges: int = 512
) -> Data:
    """Draw the data of the revised study [B26r] (theory, E5): a random network to be learnt.

    Samples are uniform in the unit ball of R^n, without homogeneous coordinate. The teacher sums
    ``+-rank**-1.35 relu(<w, x>)`` over unit vectors ``w`` uniform on the sphere; its outputs are
    centred and scaled to standard deviation 0.8.

    Parameters
    ----------
    inputs : int
        Dimension ``n``, at least 1.
    task : {"regression", "classification"}
        Targets: the outputs themselves, or 1 where they are positive and 0 elsewhere.
    seed : int
        Of samples and teacher alike.
    samples, ridges : int
        Sizes; the study's own unless said otherwise.

    Raises
    ------
    ValueError
        If a size is not positive (samples: below 2) or the task is unknown.
    """
    for name, size, least in (
        ("inputs", inputs, 1),
        ("samples", samples, 2),
        ("ridges", ridges, 1),
    ):
        if size < least:
            raise ValueError(f"{name}: found {size}, allowed is at least {least}")
    if task not in ("regression", "classification"):
        raise ValueError(f"task: found {task!r}, allowed are regression, classification")
    generator = np.random.default_rng(seed)
    radius = generator.random((samples, 1)) ** (1 / inputs)
    X = radius * _unit_vectors(generator, samples, inputs)
    rows = _unit_vectors(generator, ridges, inputs)
    signs = generator.choice([-1.0, 1.0], ridges)
    outputs = np.maximum(X @ rows.T, 0) @ (signs * np.arange(1, ridges + 1) ** -TEACHER_DECAY)
    outputs = TEACHER_DEVIATION * _standardised(outputs)
    y = outputs if task == "regression" else (outputs > 0).astype(np.float64)
    return Data(X, y, f"ridge-teacher-{inputs}-{task}")


def with_ones(X: Array) -> Array:
    """Return ``X`` (N, n) with the homogeneous coordinate as a last column, (N, n + 1)."""
    return np.column_stack([X, np.ones(len(X))])


def _moons() -> tuple[Array, Array]:
    from sklearn.datasets import make_moons
    from sklearn.model_selection import train_test_split

    X, y = make_moons(1000, noise=0.2, random_state=42)
    X, _, y, _ = train_test_split(X, y, test_size=0.2, random_state=42)
    return _standardised(X), y.astype(np.float64)


def _breast_cancer() -> tuple[Array, Array]:
    from sklearn.datasets import load_breast_cancer
    from sklearn.model_selection import train_test_split

    X, y = load_breast_cancer(return_X_y=True)
    X, _, y, _ = train_test_split(X, y, test_size=0.2, random_state=42, stratify=y)
    return _standardised(X), y.astype(np.float64)


def _standardised(values: Array) -> Array:
    return (values - values.mean(axis=0)) / values.std(axis=0)


def _unit_vectors(generator: np.random.Generator, count: int, dimension: int) -> Array:
    vectors = generator.standard_normal((count, dimension))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _from_csv(file: str) -> Data:
    table = read_csv(file)
    return Data(table[:, :-1], table[:, -1], FilePath(file).stem)


def _from_npz(file: str) -> Data:
    arrays = read_npz(file, ("X", "y"))
    with naming(file):
        return Data(arrays["X"], arrays["y"], FilePath(file).stem)
