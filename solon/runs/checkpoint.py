"""Checkpoints: any pytree of arrays, written so that a kill or a full disk cannot spoil it.

The arrays go to one safetensors file. A manifest beside it lists path, type and shape of each, the
hash of the file and a hash of its own. Nothing is ever unpickled.
"""

import contextlib
import hashlib
import json
import os
import pathlib
import shutil
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import safetensors.numpy
from jaxtyping import PyTree

from .._terminal import tell
from ..errors import ConfigurationError, DamageError, require
from ..reading.arrays import arrays_of
from ..reading.files import UnreadableError, bytes_of
from ..reading.json_strict import load_json
from .arrays import leaf_entries, misfit, pack, unpack
from .atomic import sync_folder, write_file
from .folder import checkpoint_steps
from .network_sizes import state_differences

__all__ = ["Restored", "restore", "save"]

_FORMAT = 2
_RENAMED = {1: ((".planners[", ".policies["), (".economies.recall[", ".economies.memories["))}
"""What paths of a training's state began with in older formats -> and begin with now.

In format 1 policies that learned and planners stood apart, and so did what they remember.
"""
_DATA = "state.safetensors"
_MANIFEST = "manifest.json"
_LARGEST_MANIFEST = 100_000_000
_LEAF = {"path": str, "type": str, "shape": list}


def _are_leaves(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(leaf, dict)
        and set(leaf) == set(_LEAF)
        and all(isinstance(leaf[name], kind) for name, kind in _LEAF.items())
        for leaf in value
    )


# What a manifest holds -> whether it is that.
_FIELDS: dict[str, Callable[[Any], bool]] = {
    "leaves": _are_leaves,
    "data": lambda value: isinstance(value, dict) and isinstance(value.get("sha256"), str),
    "meta": lambda value: isinstance(value, dict),
}


class Restored(NamedTuple):
    """A checkpoint that was read.

    Attributes:
        state: like the template, with the saved numbers.
        step: the step at which it was saved.
        meta: what was handed to `save` beside the state.
    """

    state: Any
    step: int
    meta: dict[str, Any]


class _DamageError(Exception):
    """A checkpoint that is not what was written; the message says in what way."""


def save(
    folder: str | os.PathLike[str],
    step: int,
    state: PyTree[Any],
    meta: Mapping[str, Any] | None = None,
    *,
    keep: int = 3,
) -> pathlib.Path:
    """Write a checkpoint, then remove all but the newest `keep`.

    The checkpoint appears under its name only once all of it is on the disk.

    Args:
        folder: where the checkpoints of one run are.
        step: the name of the checkpoint; a larger one is newer.
        state: arrays, typed keys and Python numbers. Other leaves (a network's activation
            function, say) belong to the configuration and are taken from the template on restoring.
        meta: JSON values to keep beside the state.
        keep: how many checkpoints stay.

    Returns:
        The folder of the checkpoint.

    Raises:
        OSError: if the disk is full or cannot be written; earlier checkpoints are left alone.
    """
    require(step >= 0, "step", step, "an integer of at least 0")
    require(keep >= 1, "keep", keep, "an integer of at least 1")
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    _tidy(folder)

    data = safetensors.numpy.save(pack(state))
    manifest: dict[str, Any] = {
        "format": _FORMAT,
        "step": step,
        "leaves": leaf_entries(state),
        "data": {"file": _DATA, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()},
        # As JSON will give it back, so that the hash is the same.
        "meta": json.loads(json.dumps(dict(meta or {}))),
    }
    manifest["sha256"] = _digest(manifest)

    unfinished = folder / f".{step}.tmp"
    target = folder / str(step)
    try:
        unfinished.mkdir()
        write_file(unfinished / _DATA, data)
        write_file(unfinished / _MANIFEST, (json.dumps(manifest, indent=1) + "\n").encode())
        if target.exists():
            # The run came by here before. Whatever is there is the same or damaged.
            _discard(target)
        os.rename(unfinished, target)
        sync_folder(folder)
    except OSError:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    for old in checkpoint_steps(folder)[:-keep]:
        _discard(folder / str(old))
    return target


def restore(
    folder: str | os.PathLike[str],
    like: PyTree[Any],
    step: int | None = None,
    *,
    notify: Callable[[str], None] | None = None,
) -> Restored:
    """Read the newest checkpoint that is whole.

    Args:
        folder: where the checkpoints of one run are.
        like: a pytree of the same structure, types and shapes; `jax.eval_shape` gives one without
            computing anything.
        step: read this one and no other.
        notify: is told, in a line each, of checkpoints that were passed over because they are
            damaged; prints to stderr by default.

    Raises:
        ConfigurationError: if there is none, none is whole, or it belongs to another
            configuration (structure, type or shape differ).
    """
    folder = pathlib.Path(folder)
    found = checkpoint_steps(folder)
    require(len(found) > 0, "checkpoint", str(folder), "a folder with at least one checkpoint")
    if step is not None:
        allowed = "one of " + ", ".join(map(str, found))
        require(step in found, "checkpoint", step, allowed)
        found = (step,)
    notify = notify or tell
    for candidate in reversed(found):
        place = folder / str(candidate)
        try:
            manifest, arrays = _read(place)
        except _DamageError as damage:
            notify(f"checkpoint {candidate} is damaged ({damage}); taking the one before it")
            continue
        _check_structure(place, manifest["leaves"], like)
        problem = misfit(arrays, like)
        if problem is not None:
            notify(f"checkpoint {candidate} is damaged ({problem}); taking the one before it")
            continue
        return Restored(unpack(arrays, like), candidate, manifest["meta"])
    allowed = "a folder with at least one checkpoint that is not damaged"
    raise DamageError("checkpoint", str(folder), allowed)


def _read(place: pathlib.Path) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    try:
        manifest = load_json(bytes_of(place / _MANIFEST, most=_LARGEST_MANIFEST))
    except UnreadableError as error:
        missing = not os.path.lexists(place / _MANIFEST)
        found = "is missing" if missing else f"cannot be read: {error}"
        raise _DamageError(f"{_MANIFEST} {found}") from None
    except ValueError as error:
        raise _DamageError(f"{_MANIFEST} cannot be read: {error}") from None
    stated = manifest.pop("sha256", None) if isinstance(manifest, dict) else None
    if not isinstance(manifest, dict) or stated != _digest(manifest):
        raise _DamageError(f"{_MANIFEST} does not match its hash")
    form = manifest.get("format")
    if form != _FORMAT and form not in _RENAMED:
        allowed = ", ".join(map(str, (*_RENAMED, _FORMAT)))
        raise ConfigurationError("checkpoint", str(place), f"format {allowed} (this has {form})")
    # Whoever writes another manifest can give it its hash.
    odd = [name for name, fits in _FIELDS.items() if not fits(manifest.get(name))]
    if odd:
        raise _DamageError(f"{_MANIFEST}: `{odd[0]}` is missing or not what it should be")
    try:
        data = bytes_of(place / _DATA)
    except UnreadableError as error:
        raise _DamageError(f"{_DATA}: {error}") from None
    if hashlib.sha256(data).hexdigest() != manifest["data"]["sha256"]:
        raise _DamageError(f"{_DATA} does not match its hash")
    try:
        arrays = arrays_of(data)
    except ValueError as error:
        raise _DamageError(f"{_DATA}: {error}") from None
    leaves = [{**leaf, "path": _now(leaf["path"], form)} for leaf in manifest["leaves"]]
    now = {_now(path, form): array for path, array in arrays.items()}
    return {**manifest, "leaves": leaves}, now


def _now(path: str, form: int) -> str:
    """What a leaf is called now that was written in another format."""
    for before, after in _RENAMED.get(form, ()):
        if path.startswith(before):
            return after + path.removeprefix(before)
    return path


def _digest(manifest: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()


def _check_structure(place: pathlib.Path, saved: list[dict[str, Any]], like: PyTree[Any]) -> None:
    wanted = {entry["path"]: entry for entry in leaf_entries(like)}
    stored = {entry["path"]: entry for entry in saved}
    for path in [*wanted, *(path for path in stored if path not in wanted)]:
        here, there = wanted.get(path), stored.get(path)
        if here != there:
            words = state_differences(_shapes(stored), _shapes(wanted)) or (
                f"{path} is {_show(there)} there and {_show(here)} here"
            )
            raise ConfigurationError("checkpoint", str(place), f"one of this training ({words})")


def _shapes(entries: Mapping[str, Mapping[str, Any]]) -> dict[str, tuple[int, ...]]:
    return {path: tuple(entry["shape"]) for path, entry in entries.items()}


def _show(entry: Mapping[str, Any] | None) -> str:
    return "absent" if entry is None else f"{entry['type']}{entry['shape']}"


def _discard(place: pathlib.Path) -> None:
    # Renamed first, so that a kill half way does not leave what looks like a damaged checkpoint.
    trash = place.with_name(f".{place.name}.old")
    shutil.rmtree(trash, ignore_errors=True)
    with contextlib.suppress(FileNotFoundError):
        os.rename(place, trash)
    shutil.rmtree(trash, ignore_errors=True)


def _tidy(folder: pathlib.Path) -> None:
    """Remove what a killed process left unfinished. The run folder's lock makes this safe."""
    for pattern in (".*.tmp", ".*.old"):
        for leftover in folder.glob(pattern):
            shutil.rmtree(leftover, ignore_errors=True)
