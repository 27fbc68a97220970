"""What episodes under one regime came to, for economies of any kind."""

import dataclasses
import os
from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from jaxtyping import Num, Shaped

from ..errors import require

__all__ = ["OUTCOMES", "Outcomes"]

#: The four numbers that a society of workers is judged by.
OUTCOMES = ("productivity", "equality", "equality_times_productivity", "utilitarian_welfare")


@dataclasses.dataclass(frozen=True, eq=False)
class Outcomes:
    """What episodes under one regime came to.

    E episodes. Episode e of one regime and episode e of another are compared as a pair: outcomes
    that are to be compared come from the same luck.

    Attributes:
        regime: the name people read.
        episodes: name -> one number an episode.
        labels: names for tables and captions.
        members: role -> name -> one number an episode and member of the role.
        series: name -> one number an episode and step, for the first episodes (all, or fewer where
            there are many). All series of an economy have one shape.
        trajectory: the first episode in full, by name: what an economy can replay. May be empty.

    An application adds fields of its own in a subclass.

    Class attributes:
        figures: module with what an application adds to a report (`solon.figures.report` says
            what that is); None for nothing.
        room: of the lab in which a run of such outcomes can be watched.
    """

    figures: ClassVar[str | None] = None
    room: ClassVar[str | None] = None

    regime: str
    episodes: Mapping[str, Num[np.ndarray, " E"]]
    labels: Mapping[str, str] = dataclasses.field(default_factory=dict)
    members: Mapping[str, Mapping[str, Num[np.ndarray, "_ _"]]] = dataclasses.field(
        default_factory=dict
    )
    series: Mapping[str, Num[np.ndarray, "_ _"]] = dataclasses.field(default_factory=dict)
    trajectory: Mapping[str, Shaped[np.ndarray, "..."]] = dataclasses.field(default_factory=dict)

    def __post_init__(self):
        for field in ("episodes", "series", "trajectory"):
            object.__setattr__(self, field, _arrays(getattr(self, field)))
        members = {role: _arrays(values) for role, values in self.members.items()}
        object.__setattr__(self, "members", members)
        require(bool(self.episodes), "episodes", [], "at least one number an episode")
        for name, values in self.episodes.items():
            fits = values.ndim == 1 and len(values) == self.episode_count >= 1
            require(fits, f"episodes[{name!r}]", values.shape, "one number for each episode")
        for role, group in members.items():
            shape = next((v.shape for v in group.values()), ())
            fits = len(shape) == 2 and shape[0] == self.episode_count
            fits = fits and all(v.shape == shape for v in group.values())
            shapes = {name: values.shape for name, values in group.items()}
            allowed = f"one number for each of {self.episode_count} episodes and each member"
            require(fits, f"members[{role!r}]", shapes, allowed)
        shapes = {name: values.shape for name, values in self.series.items()}
        shape = next(iter(shapes.values()), (1, 1))
        fits = (
            len(shape) == 2 and shape[0] <= self.episode_count and set(shapes.values()) <= {shape}
        )
        allowed = f"one shape (episodes, steps), of at most {self.episode_count} episodes"
        require(fits, "series", shapes, allowed)
        for name, values in self.trajectory.items():
            # Anything else would be pickled when it is saved.
            plain = values.dtype.kind in "iufb"
            require(plain, f"trajectory[{name!r}]", str(values.dtype), "numbers or booleans")

    @property
    def episode_count(self) -> int:
        """E."""
        return next(iter(self.episodes.values())).shape[0]

    @property
    def headline(self) -> tuple[str, ...]:
        """The numbers of `episodes` that a regime is judged by, in the order to read them in."""
        return tuple(self.episodes)

    def save(self, folder: str | os.PathLike[str]) -> None:
        """Write Parquet tables that any tool can read, and an npz file if there is a trajectory.

        Args:
            folder: gets `episodes.parquet`, `members-K.parquet` for each role, `series.parquet` and
                `trajectory.npz`, as far as there is something in them. It is replaced as a whole,
                and made if it is missing.

        Raises:
            ConfigurationError: if it cannot be written.
        """
        from .outcome_files import save

        save(self, folder)

    @classmethod
    def load(cls, folder: str | os.PathLike[str], *, most: int | None = None) -> "Outcomes":
        """Read what `save` wrote, now or when it kept one number an episode and no more.

        Args:
            folder: the folder given to `save`.
            most: bytes that each file, and what is in it, may have; None for as many as there are.

        Raises:
            ConfigurationError: if it is not there or of another kind; a `DamageError` if it is not
                whole or too large.
        """
        from .outcome_files import load

        return load(folder, most)


def _arrays(values: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name: np.asarray(value) for name, value in values.items()}
