"""What numbers were computed with: versions of NumPy, SciPy and BLAS, and the processor's kernel.

Floating-point sums depend on the order of their terms, which a BLAS library chooses by processor.
Equal seeds therefore give equal bits only on equal software and equal kernels. Each record says
what it was computed with, and a digest of the networks is part of each record's key.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache

import numpy as np

from reference.model.exact_arithmetic import Array


@cache
def environment() -> str:
    """Return one line such as ``NumPy 2.4.6, SciPy 1.17.1, OpenBLAS 0.3.31 (Haswell)``.

    Examples
    --------
    >>> environment().startswith("NumPy ")
    True
    """
    import scipy
    import scipy.linalg  # loads the BLAS library of SciPy, which may be another one
    from threadpoolctl import threadpool_info

    loaded = [found for found in threadpool_info() if found["user_api"] == "blas"]
    # Other packages of the process may bring a library of their own, which computes nothing here.
    ours = [found for found in loaded if re.search(r"\b(numpy|scipy)\b", found["filepath"])]
    libraries = {
        f"{_name(found['internal_api'])} {found.get('version') or 'of unknown version'} "
        f"({found.get('architecture') or 'unknown kernel'})"
        for found in ours or loaded
    }
    return ", ".join([f"NumPy {np.__version__}", f"SciPy {scipy.__version__}", *sorted(libraries)])


def array_digest(*arrays: Array) -> str:
    """Return the first 24 hexadecimal digits of the SHA-256 of shapes and float64 entries.

    Examples
    --------
    >>> array_digest(np.zeros(2)) == array_digest(np.zeros((2, 1)))
    False
    """
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(repr(array.shape).encode())
        digest.update(np.ascontiguousarray(array, dtype="<f8").tobytes())
    return digest.hexdigest()[:24]


def _name(library: str) -> str:
    return {"openblas": "OpenBLAS", "mkl": "MKL", "blis": "BLIS"}.get(library, library)
