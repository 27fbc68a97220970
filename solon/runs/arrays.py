"""The leaves of a pytree as plain NumPy arrays with a name, and back."""

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import PyTree

__all__ = ["leaf_entries", "misfit", "pack", "unpack"]

_ROOT = "state"
_GENERATORS = {
    "key<fry>": "threefry2x32",
    "key<rbg>": "rbg",
    "key<urbg>": "unsafe_rbg",
}
# Python numbers are written as the widest type of their kind.
_PYTHON_TYPES = {bool: np.bool_, int: np.int64, float: np.float64}


def _paths_and_leaves(tree: PyTree[Any]) -> list[tuple[str, Any]]:
    found = jax.tree_util.tree_flatten_with_path(tree)[0]
    return [(jax.tree_util.keystr(path) or _ROOT, leaf) for path, leaf in found if _kept(leaf)]


def _kept(leaf: Any) -> bool:
    return type(leaf) in _PYTHON_TYPES or (hasattr(leaf, "dtype") and hasattr(leaf, "shape"))


def _is_key(leaf: Any) -> bool:
    return hasattr(leaf, "dtype") and jnp.issubdtype(leaf.dtype, jax.dtypes.prng_key)


def leaf_entries(tree: PyTree[Any]) -> list[dict[str, Any]]:
    """Path, type and shape of every leaf that holds numbers, in the order of the tree."""
    entries = []
    for path, leaf in _paths_and_leaves(tree):
        if type(leaf) in _PYTHON_TYPES:
            kind, shape = type(leaf).__name__, ()
        else:
            kind, shape = str(leaf.dtype), leaf.shape
        entries.append({"path": path, "type": kind, "shape": list(shape)})
    return entries


def pack(tree: PyTree[Any]) -> dict[str, np.ndarray]:
    """The numbers of a pytree by path, in types that safetensors can write and read."""
    found = _paths_and_leaves(tree)
    plain = [jax.random.key_data(leaf) if _is_key(leaf) else leaf for _, leaf in found]
    arrays = jax.device_get(plain)
    return {path: _storable(array) for (path, _), array in zip(found, arrays, strict=True)}


def _storable(leaf: Any) -> np.ndarray:
    array = np.asarray(leaf, _PYTHON_TYPES.get(type(leaf)), order="C")
    if array.dtype.isbuiltin != 1:
        # bfloat16 and its like: the bits as unsigned integers, the type is in the manifest.
        array = array.view(f"u{array.dtype.itemsize}")
    return array


def misfit(arrays: Mapping[str, np.ndarray], like: PyTree[Any]) -> str | None:
    """What keeps `unpack` from making a pytree like `like` of these arrays; None if nothing does.

    Numbers may be wider or narrower than those of `like`, but of the same kind.
    """
    for path, leaf in _paths_and_leaves(like):
        python = _PYTHON_TYPES.get(type(leaf))
        # A Python number may have more bits than JAX gives one.
        wanted = jax.eval_shape(_plain, leaf) if python is None else np.empty((), python)
        if path not in arrays:
            return f"{path} is missing"
        array = arrays[path]
        if array.shape != wanted.shape:
            return f"{path} has shape {array.shape} and not {wanted.shape}"
        kind = np.dtype(wanted.dtype)
        if kind.isbuiltin == 1 and kind.kind != array.dtype.kind:
            return f"{path} holds {array.dtype} and not {kind}"
    return None


def _plain(leaf: Any) -> Any:
    return jax.random.key_data(leaf) if _is_key(leaf) else jnp.asarray(leaf)


def unpack(arrays: dict[str, np.ndarray], like: PyTree[Any]) -> PyTree[Any]:
    """The pytree `like` with the numbers of `arrays`.

    Leaves of `like` that are NumPy arrays or Python numbers stay that; all others that have a
    type and a shape (`jax.ShapeDtypeStruct` too) become JAX arrays, on the same devices. Wider or
    narrower numbers of the same kind are converted.
    """

    def read(path: Any, leaf: Any) -> Any:
        if not _kept(leaf):
            return leaf
        array = arrays[jax.tree_util.keystr(path) or _ROOT]
        if type(leaf) in _PYTHON_TYPES:
            return type(leaf)(array.item())
        if _is_key(leaf):
            key = jax.random.wrap_key_data(jnp.array(array), impl=_key_implementation(leaf))
            return _placed(key, leaf)
        if array.dtype != leaf.dtype:
            same = array.dtype.kind == np.dtype(leaf.dtype).kind
            array = array.astype(leaf.dtype) if same else array.view(leaf.dtype)
        if isinstance(leaf, np.ndarray):
            return array.copy()
        if isinstance(leaf, np.generic):
            return array[()]
        # A copy, since the learner's update will take the memory over for its own result.
        return _placed(jnp.array(array), leaf)

    return jax.tree_util.tree_map_with_path(read, like)


def _placed(array: jax.Array, like: Any) -> jax.Array:
    return jax.device_put(array, like.sharding) if getattr(like, "committed", False) else array


def _key_implementation(leaf: Any) -> str:
    # An abstract array knows the type of a key only, which names the generator in short.
    return _GENERATORS.get(str(leaf.dtype)) or str(jax.random.key_impl(leaf))
