"""Arrays from safetensors: a format that holds numbers and text, and nothing that runs."""

import json

import numpy as np

__all__ = ["arrays_of", "metadata_of"]


def arrays_of(content: bytes) -> dict[str, np.ndarray]:
    """The arrays of a safetensors file by name.

    Raises:
        ValueError: if it is none, or holds what NumPy has no type for, such as numbers of eight
            bits. The message is one line.
    """
    import safetensors
    import safetensors.numpy

    try:
        return safetensors.numpy.load(content)
    except KeyError as error:
        raise ValueError(f"it holds numbers of the type {error.args[0]}") from None
    except (safetensors.SafetensorError, ValueError, OverflowError) as error:
        reason = str(error).partition("\n")[0].removeprefix("Error while deserializing: ")
        raise ValueError(f"it is no whole safetensors file: {reason}") from None


def metadata_of(content: bytes) -> dict[str, str]:
    """What stands beside the arrays of a file that `arrays_of` has read."""
    length = int.from_bytes(content[:8], "little")
    found: dict[str, str] = json.loads(content[8 : 8 + length]).get("__metadata__") or {}
    return found
