"""A run folder: one training with its configuration and everything that came out of it."""

import contextlib
import datetime
import fcntl
import hashlib
import json
import os
import pathlib
import shutil
import stat
import time
from collections.abc import Iterator, Mapping
from typing import Any

from .._plain import is_number
from ..errors import ConfigurationError, DamageError, require
from ..reading.files import UnreadableError, bytes_of
from ..reading.json_strict import load_json
from .atomic import folders_above, remove_leftovers, write_file, write_folder
from .seals import is_intact, sealed

__all__ = ["CHECKPOINTS", "EVALUATION", "METRICS", "SCHEMA", "RunFolder", "checkpoint_steps", "now"]

SCHEMA = 2
"""Version of the layout of a run folder and of its `run.json`. The first had no hashes."""

CHECKPOINTS = "checkpoints"
METRICS = "metrics"
EVALUATION = "evaluation"
_RECORD = "run.json"
_LOCK = ".lock"
_LARGEST_RECORD = 10_000_000
# No link is followed, and no pipe is waited for.
_PLAINLY = os.O_NOFOLLOW | os.O_NONBLOCK
_FIELDS = {"config": dict, "provenance": dict, "created": str, "history": list}
# What of the provenance is read again; each may be missing or null.
_MADE_WITH = {"code": dict, "packages": dict, "settings": dict, "command": str, "rules": str}
_OF_CODE = {"version": str, "commit": str, "changed": bool}


def checkpoint_steps(folder: str | os.PathLike[str]) -> tuple[int, ...]:
    """The steps at which there are checkpoints in `folder`, earliest first."""
    try:
        entries = os.listdir(folder)
    except OSError:
        return ()
    return tuple(sorted(int(entry) for entry in entries if entry.isascii() and entry.isdigit()))


def now() -> str:
    """The time in UTC, as it stands in `run.json`."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


class RunFolder:
    """An existing run folder. Get one from `create` or `open`.

    Attributes:
        path: where it is.
        config: what the run was asked to do.
        provenance: what it was made with.
        created: when, in UTC.
    """

    path: pathlib.Path
    config: dict[str, Any]
    provenance: dict[str, Any]
    created: str

    def __init__(self, path: pathlib.Path, record: dict[str, Any]):
        self.path = path
        self.config = record["config"]
        self.provenance = record["provenance"]
        self.created = record["created"]
        self._record = record
        self._new_parents = 0

    @classmethod
    def create(
        cls,
        path: str | os.PathLike[str],
        config: Mapping[str, Any],
        *,
        provenance: Mapping[str, Any] | None = None,
        files: Mapping[str, bytes] | None = None,
    ) -> "RunFolder":
        """Make a new run folder. It appears with all it holds, or not at all.

        Args:
            path: a folder that does not exist yet or is empty.
            config: what `run.json` keeps as the configuration (JSON values).
            provenance: what `solon.runs.provenance.provenance` found out.
            files: contents by path relative to the folder.

        Raises:
            ConfigurationError: if something is there already or the place cannot be written.
        """
        folder = pathlib.Path(path)
        # It is written under another name beside its place, so it needs a name.
        named = str(path) != "" and folder.name not in ("", "..")
        require(named, "run", str(path), "the path of a new folder, which ends in its name")
        record = {
            "schema": SCHEMA,
            "created": now(),
            "config": dict(config),
            "provenance": dict(provenance or {}),
            "inputs": {
                name: hashlib.sha256(content).hexdigest() for name, content in (files or {}).items()
            },
            "history": [],
        }
        contents = {**(files or {}), _RECORD: _encode(record)}
        try:
            if folder.exists():
                empty = folder.is_dir() and not any(folder.iterdir())
                require(empty, "run", str(path), "a folder that does not exist yet or is empty")
            with folders_above(folder) as new_parents:
                write_folder(folder, contents, new=True)
        except OSError as error:
            reason = error.strerror or str(error)
            raise ConfigurationError("run", str(path), f"a place to write in ({reason})") from None
        created = cls(folder, record)
        created._new_parents = len(new_parents)
        return created

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> "RunFolder":
        """Open a run folder.

        Raises:
            ConfigurationError: if there is none, it is something else, or its `run.json` is of
                another version of the layout; a `DamageError` if that is damaged.
        """
        folder = pathlib.Path(path)
        shown = str(path)
        try:
            require(os.path.isdir(folder), "run", shown, "an existing run folder")
            record_file = folder / _RECORD
            there = os.path.lexists(record_file)
            require(there, "run", shown, f"a run folder (this has no {_RECORD})")
            content = bytes_of(record_file, most=_LARGEST_RECORD)
        except UnreadableError as error:
            raise DamageError("run", shown, f"a run folder with a {_RECORD} ({error})") from None
        try:
            record = load_json(content)
        except ValueError as error:
            allowed = f"a run folder with a whole {_RECORD} (this one is damaged: {error})"
            raise DamageError("run", shown, allowed) from None
        schema = record.get("schema") if isinstance(record, dict) else None
        require(schema is not None, "run", shown, f"a run folder (its {_RECORD} has no schema)")
        known = type(schema) is int and 1 <= schema <= SCHEMA
        allowed = f"a {_RECORD} of schema {SCHEMA} or before it (this has {schema})"
        require(known, "run", shown, allowed)
        damaged = [n for n, kind in _FIELDS.items() if not isinstance(record.get(n), kind)]
        if not isinstance(record.get("inputs", {}), dict):
            damaged.append("inputs")
        if not damaged:
            made = record["provenance"]
            damaged += [f"provenance.{name}" for name in _unlike(made, _MADE_WITH)]
            code = made.get("code") if not damaged else None
            damaged += [f"provenance.code.{name}" for name in _unlike(code or {}, _OF_CODE)]
        entries = [] if damaged else record["history"]
        if not all(map(_is_entry, entries)):
            damaged = ["history"]
        for name in damaged:
            allowed = f"a run folder with a whole {_RECORD} (`{name}` is missing or damaged)"
            raise DamageError("run", shown, allowed)
        if not (is_intact(record) and (schema == 1 or "sha256" in record)):
            allowed = f"a run folder whose {_RECORD} is as it was written (its hash does not match)"
            raise DamageError("run", shown, allowed)
        return cls(folder, record)

    def check_training(self) -> None:
        """Raise `ConfigurationError` unless the configuration is that of a training."""
        config = self.config
        planner = config.get("planner")
        kinds = {"economy": str, "options": dict, "steps": int, "seed": int, "ppo": dict}
        damaged = [name for name, kind in kinds.items() if not isinstance(config.get(name), kind)]
        if not (planner is None or (isinstance(planner, dict) and "name" in planner)):
            damaged.append("planner")
        for name in damaged:
            allowed = f"the folder of a training (`config.{name}` is damaged)"
            raise DamageError("run", str(self.path), allowed)

    def check_inputs(self) -> None:
        """Raise `DamageError` unless the copies of the user's files are what they were."""
        for name, digest in self._record.get("inputs", {}).items():
            try:
                same = hashlib.sha256(bytes_of(self.path / name)).hexdigest() == digest
            except UnreadableError:
                same = False
            if not same:
                allowed = f"a run whose {name} is as it was (it is missing, changed or damaged)"
                raise DamageError("run", str(self.path), allowed)

    @contextlib.contextmanager
    def removed_if_refused(self) -> Iterator[None]:
        """Remove a new folder again if an error comes before there is anything to keep in it."""
        parents = [parent for parent in self.path.parents if parent != pathlib.Path(".")]
        try:
            yield
        except Exception:
            parts = any((self.path / METRICS).glob("*.parquet"))
            if not self.saved_steps and not parts:
                shutil.rmtree(self.path, ignore_errors=True)
                for parent in parents[: self._new_parents]:
                    with contextlib.suppress(OSError):
                        parent.rmdir()
            raise

    @property
    def history(self) -> tuple[Mapping[str, Any], ...]:
        """The times at which it was trained: when, for how long, up to which step, outcome."""
        return tuple(self._record["history"])

    @property
    def outcome(self) -> str:
        """How it stands: new, running, finished, interrupted, stopped (by an error) or killed."""
        if not self._record["history"]:
            return "running" if self.is_locked() else "new"
        outcome = self._record["history"][-1]["outcome"]
        # A process that was killed could not say so, but nobody holds its lock any more.
        return "killed" if outcome == "running" and not self.is_locked() else outcome

    @property
    def saved_steps(self) -> int:
        """Environment steps of the newest checkpoint, 0 before the first."""
        return max(checkpoint_steps(self.path / CHECKPOINTS), default=0)

    def plan(self, steps: int) -> None:
        """Change how many environment steps the training is to have in all."""
        self.config["steps"] = steps
        write_file(self.path / _RECORD, _encode(self._record))

    def begin(self, **entry: Any) -> None:
        """Append an entry to the history; `end` completes it."""
        for earlier in self._record["history"]:
            if earlier["outcome"] == "running":
                earlier["outcome"] = "killed"
        self._record["history"].append({"started": now(), "outcome": "running", **entry})
        write_file(self.path / _RECORD, _encode(self._record))

    def end(self, **entry: Any) -> None:
        """Complete the last entry of the history."""
        self._record["history"][-1].update(ended=now(), **entry)
        write_file(self.path / _RECORD, _encode(self._record))

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Keep other processes from training in this folder; ends with the process at the latest.

        The lock is a file that only this user can open: whoever can read a file can hold it.

        Raises:
            ConfigurationError: if another process holds the lock, it is another user's, or the
                folder is not writable.
        """
        shown, place = str(self.path), self.path / _LOCK
        remedy = f"(remove {place} if no process trains here)"
        try:
            descriptor = os.open(place, os.O_RDWR | os.O_CREAT | _PLAINLY, 0o600)
        except OSError as error:
            allowed = f"a folder to write in ({error.strerror})"
            if os.path.lexists(place):
                allowed = f"a run whose {_LOCK} is a file of yours {remedy}"
            raise ConfigurationError("run", shown, allowed) from None
        try:
            found = os.fstat(descriptor)
            ours = stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid()
            require(ours, "run", shown, f"a run whose {_LOCK} is a file of yours {remedy}")
            # Older versions let others open it.
            os.fchmod(descriptor, 0o600)
            free = _acquire(descriptor, fcntl.LOCK_EX)
            allowed = f"a run that no other process is training right now {remedy}"
            require(free, "run", shown, allowed)
            remove_leftovers(self.path / _RECORD)
            yield
        finally:
            os.close(descriptor)

    def is_locked(self) -> bool:
        """Whether some process is training in this folder, as far as this user can tell."""
        try:
            descriptor = os.open(self.path / _LOCK, os.O_RDONLY | _PLAINLY)
        except OSError as error:
            # Only whoever trains there can see it.
            return isinstance(error, PermissionError)
        try:
            return not _acquire(descriptor, fcntl.LOCK_SH, attempts=1)
        finally:
            os.close(descriptor)


def _encode(record: Mapping[str, Any]) -> bytes:
    return (json.dumps(sealed(record), indent=2) + "\n").encode()


def _acquire(descriptor: int, kind: int, attempts: int = 5) -> bool:
    # Whoever asks `is_locked` holds the lock for a moment, hence more than one attempt.
    for attempt in range(attempts):
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if attempt + 1 < attempts:
                time.sleep(0.05)
    return False


def _unlike(values: Mapping[str, Any], kinds: Mapping[str, type]) -> list[str]:
    """The names of values that are there and not of their kind."""
    return [
        name
        for name, kind in kinds.items()
        if values.get(name) is not None and not isinstance(values[name], kind)
    ]


def _is_entry(entry: Any) -> bool:
    """Whether this is one of a run's history."""
    if not isinstance(entry, dict) or not isinstance(entry.get("outcome"), str):
        return False
    return all(
        is_number(entry.get(name, 0)) for name in ("wall_seconds", "first_step", "last_step")
    )
