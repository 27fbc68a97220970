"""The end of each episode in numbers, for economies of any kind."""

import dataclasses
import os
import pathlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from jaxtyping import Float

from ..errors import ConfigurationError, DamageError, require
from ..runs.atomic import write_file
from ..runs.seals import DamagedError, parquet_bytes, read_parquet

__all__ = ["Outcomes"]

_FORMAT = b"solon-outcomes@1"
_ANY = "surrogatepass"


@dataclasses.dataclass(frozen=True, eq=False)
class Outcomes:
    """What episodes under one regime came to.

    Attributes:
        regime: the name people read.
        episodes: name -> one number an episode.
        labels: names for tables and captions.
    """

    regime: str
    episodes: Mapping[str, Float[np.ndarray, " E"]]
    labels: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def save(self, folder: str | os.PathLike[str]) -> None:
        """Write `episodes.parquet` into a folder, which is made if it is missing.

        Raises:
            ConfigurationError: if it cannot be written.
        """
        import pyarrow

        table = pyarrow.table(dict(self.episodes))
        names = {f"label {name}": value for name, value in self.labels.items()}
        # Names of files, which regimes are called by, may be bytes that are no text.
        metadata = {
            name.encode(errors=_ANY): value.encode(errors=_ANY)
            for name, value in {"regime": self.regime, **names}.items()
        }
        table = table.replace_schema_metadata({b"format": _FORMAT, **metadata})
        try:
            pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
            write_file(pathlib.Path(folder) / "episodes.parquet", parquet_bytes(table))
        except OSError as error:
            allowed = f"a folder that can be written ({error.strerror})"
            raise ConfigurationError("folder", str(folder), allowed) from None

    @classmethod
    def load(cls, folder: str | os.PathLike[str], *, most: int | None = None) -> "Outcomes":
        """Read what `save` wrote.

        Args:
            folder: the folder given to `save`.
            most: bytes that the table may have; None for as many as there are.

        Raises:
            ConfigurationError: if it is not there or of another kind; a `DamageError` if it is not
                whole or too large.
        """
        path = pathlib.Path(folder) / "episodes.parquet"
        there = os.path.lexists(path)
        require(there, "folder", str(folder), f"one with outcomes (this has no {path.name})")
        try:
            table: Any = read_parquet(path, most=most)
        except DamagedError as error:
            allowed = f"one with the outcomes of an evaluation ({path.name}: {error})"
            raise DamageError("folder", str(folder), allowed) from None
        metadata = table.schema.metadata or {}
        if metadata.get(b"format") != _FORMAT:
            raise ConfigurationError("folder", str(folder), "one with outcomes")
        try:
            labels = {
                name.decode(errors=_ANY).removeprefix("label "): value.decode(errors=_ANY)
                for name, value in metadata.items()
                if name.startswith(b"label ")
            }
            columns = {name: table[name].to_numpy() for name in table.column_names}
            return cls(metadata[b"regime"].decode(errors=_ANY), columns, labels)
        except (KeyError, ValueError) as error:
            # Its hash is right, and yet it is not what `save` writes.
            allowed = f"one with the outcomes of an evaluation ({path.name}: {error})"
            raise DamageError("folder", str(folder), allowed) from None
