"""Write certificate files with a right digest and a false claim, and count how many are accepted.

Run as ``python -m helpers.forged_certificates [forged] [honest] [seed]`` with ``tests`` on the
path: it exits with 1 if one forged file is accepted or one honest file refused. Module `forgeries`
says what is forged and how it is known to be false.
"""

from __future__ import annotations

import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path as FilePath

import numpy as np

from helpers.certificate_cases import NUMBERS, Case, draw_case, sealed
from helpers.forgeries import FORGERIES
from reference.certificate.checker import check_file

Check = Callable[..., tuple[bool | None, list[str]]]


def verdicts(
    files: Iterable[tuple[str, Case, bytes]], check: Check = check_file
) -> dict[str, Counter[str]]:
    """Let a checker judge files and count, for each name, what it says; a warning is an error."""
    counts: dict[str, Counter[str]] = {}
    words = {True: "accepted", False: "refused", None: "undecided"}
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("error")
        file = FilePath(folder) / "path.npz"
        for name, case, content in files:
            file.write_bytes(content)
            verdict, _ = check(file, case.problem.X, case.problem.y, evaluations=2000)
            counts.setdefault(name, Counter())[words[verdict]] += 1
    return counts


def forged(cases: Iterable[Case], seed: int, forgeries: Iterable = FORGERIES) -> Iterator[tuple]:
    """Yield name, case and content of a forged file of each kind for each case that allows it."""
    rng, forgeries = np.random.default_rng(seed), tuple(forgeries)
    for case in cases:
        for forgery in forgeries:
            content = forgery(rng, case)
            if content is not None:
                yield forgery.__name__, case, content


def honest(cases: Iterable[Case]) -> Iterator[tuple]:
    """Yield honest files, as they were saved; every other one with its bytes in the other order."""
    for k, case in enumerate(cases):
        numbers = {name: case.content[name].astype(">f8") for name in NUMBERS} if k % 2 else {}
        yield "honest", case, sealed(case, **numbers)


def cases(seed: int) -> Iterator[Case]:
    """Yield random honest cases without end."""
    rng = np.random.default_rng(seed)
    while True:
        yield draw_case(rng)


if __name__ == "__main__":
    wanted = [int(text) for text in sys.argv[1:]] + [10_000, 1000, 0][len(sys.argv) - 1 :]
    counts = verdicts(islice(forged(cases(wanted[2]), wanted[2]), wanted[0]))
    (found,) = verdicts(honest(islice(cases(wanted[2] + 1), wanted[1]))).values()
    for name, judged in [*counts.items(), ("honest", found)]:
        print(f"{name:<20} {dict(judged)}")
    accepted = sum(judged["accepted"] for judged in counts.values())
    print(
        f"{wanted[0]} forged: {accepted} accepted; {wanted[1]} honest: {found['refused']} refused"
    )
    sys.exit(1 if accepted or found["refused"] else 0)
