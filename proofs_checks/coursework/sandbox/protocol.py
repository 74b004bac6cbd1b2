"""Values between judge and submission: JSON frames, no pickles, so that reading one runs nothing.

A frame is eight bytes of length and that many of JSON. Arrays travel as base64 of float64, so every
bit arrives. The judge reads frames of a submission it does not trust: whatever is malformed,
too long or late is an error of the submission.
"""

from __future__ import annotations

import base64
import json
import select
import socket
import struct
import time
from typing import Any

import numpy as np

from reference.model.domain import DOMAINS
from reference.model.losses import LOSSES
from reference.model.network import Network
from reference.model.problem import Problem

LONGEST = 8 * 2**20  # far more than any right answer
LATE = "no answer in time"
ENDED = "the process ended"
_HEAD = struct.Struct("!Q")


class ProtocolError(Exception):
    """A frame that is malformed, too long, late or missing."""


def encode(value: Any) -> bytes:
    """Return a value as JSON.

    Raises
    ------
    TypeError
        If it holds anything but numbers, text, arrays of reals, networks, problems, and lists,
        tuples and dictionaries of them.
    """
    return json.dumps(_plain(value)).encode()


def decode(frame: bytes) -> Any:
    """Return the value of a frame.

    Raises
    ------
    ProtocolError
        If it is none.
    """
    try:
        return _built(json.loads(frame))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ProtocolError(f"a reply that cannot be read ({error})") from None


def send(channel: socket.socket, frame: bytes) -> None:
    """Send a frame.

    Raises
    ------
    ProtocolError
        If the other side is gone or does not take it.
    """
    try:
        channel.sendall(_HEAD.pack(len(frame)) + frame)
    except OSError as error:
        raise ProtocolError(f"the process is gone ({error.strerror or error})") from None


def receive(channel: socket.socket, seconds: float | None = None) -> bytes:
    """Wait for a frame, no longer than ``seconds``.

    Raises
    ------
    ProtocolError
        If none arrives in time, the other side is gone, or the frame is too long.
    """
    deadline = None if seconds is None else time.monotonic() + seconds
    (length,) = _HEAD.unpack(_exactly(channel, _HEAD.size, deadline))
    if length > LONGEST:
        raise ProtocolError(f"a result of {length} bytes, allowed are {LONGEST}")
    return _exactly(channel, length, deadline)


def _exactly(channel: socket.socket, length: int, deadline: float | None) -> bytes:
    received = bytearray()
    while len(received) < length:
        left = None if deadline is None else max(0.0, deadline - time.monotonic())
        if not select.select([channel], [], [], left)[0]:
            raise ProtocolError(LATE)
        try:
            chunk = channel.recv(min(length - len(received), 2**20))
        except OSError as error:
            raise ProtocolError(f"the process is gone ({error.strerror or error})") from None
        if not chunk:
            raise ProtocolError(ENDED)
        received += chunk
    return bytes(received)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, tuple | list):
        return [_plain(entry) for entry in value]
    if isinstance(value, dict):
        return {"dict": [[_plain(key), _plain(entry)] for key, entry in value.items()]}
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        numbers = np.ascontiguousarray(value, dtype=np.float64)
        text = base64.b64encode(numbers.tobytes()).decode()
        return {"array": text, "shape": list(value.shape)}
    if isinstance(value, Network):
        return {"network": [_plain(value.W), _plain(value.theta)]}
    if isinstance(value, Problem):
        loss = [value.loss.name, vars(value.loss)]
        rest = [float(value.kappa), loss, value.domain.name]
        return {"problem": [_plain(value.X), _plain(value.y), *rest]}
    raise TypeError(f"result: found {type(value).__name__}, allowed are numbers and arrays of them")


def _built(value: Any) -> Any:
    if isinstance(value, list):
        return [_built(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    if "array" in value:
        raw = base64.b64decode(value["array"])
        return np.frombuffer(raw, dtype=np.float64).reshape(value["shape"]).copy()
    if "network" in value:
        W, theta = map(_built, value["network"])
        return Network(W, theta)
    if "problem" in value:
        X, y, kappa, (loss, constants), domain = value["problem"]
        return Problem(_built(X), _built(y), LOSSES[loss](**constants), kappa, DOMAINS[domain]())
    return {_key(_built(key)): _built(entry) for key, entry in value["dict"]}


def _key(key: Any) -> Any:
    return tuple(key) if isinstance(key, list) else key
