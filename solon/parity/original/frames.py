"""Messages over a pipe: a header in JSON and named arrays, never objects that could run code."""

import io
import json
import struct
from collections.abc import Mapping
from typing import IO, Any

import numpy as np

__all__ = ["read", "write"]

_LENGTH = struct.Struct(">Q")
_HEADER = "header"


def write(stream: IO[bytes], header: Mapping[str, Any], arrays: Mapping[str, Any]) -> None:
    """Send a message.

    Args:
        stream: where to.
        header: values that JSON has.
        arrays: arrays of numbers.
    """
    buffer = io.BytesIO()
    text = np.frombuffer(json.dumps(header).encode(), np.uint8)
    np.savez(buffer, **{_HEADER: text, **arrays})
    stream.write(_LENGTH.pack(buffer.tell()))
    stream.write(buffer.getvalue())
    stream.flush()


def read(stream: IO[bytes]) -> "tuple[dict[str, Any], dict[str, np.ndarray]] | None":
    """Receive a message; None if the other side is gone."""
    start = stream.read(_LENGTH.size)
    if len(start) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(start)
    content = stream.read(length)
    if len(content) < length:
        return None
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    return json.loads(arrays.pop(_HEADER).tobytes()), arrays
