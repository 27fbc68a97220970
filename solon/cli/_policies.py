"""Policies by what a person typed: a run folder, or a name of the zoo."""

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from .._terminal import tell
from ..errors import require
from ..zoo.files import instead, names

if TYPE_CHECKING:
    from ..runs.players import Players

__all__ = [
    *("check_policy", "is_policy", "not_kept", "players_in", "players_named", "read_prior"),
    "trust_named",
]


def is_policy(name: str) -> bool:
    """Whether it is a folder, or a name of the zoo."""
    return os.path.isdir(name) or name in names()


def check_policy(name: str, argument: str) -> None:
    """Raise `ConfigurationError` unless `is_policy`."""
    allowed = f"an existing run folder or a name of the zoo{instead(name)}"
    require(is_policy(name), argument, name, allowed)


def trust_named(names: Iterable[str]) -> None:
    """Trust the Python files of these runs, as `--trust` asks; names of the zoo have none."""
    from ..runs.folder import RunFolder
    from ..runs.trust import trust_run

    for name in names:
        if os.path.isdir(name):
            not_kept(trust_run(RunFolder.open(name)))


def not_kept(problem: str | None) -> None:
    """Say in a line that the list of trusted files could not be written."""
    if problem is not None:
        tell(f"solon: the Python file is trusted this time only: {problem}")


def players_named(name: str, argument: str) -> "Players":
    """Everyone who acts in a run, of which a folder is taken to be one, or in an entry of the zoo.

    Raises:
        ConfigurationError: if it is neither, or cannot be read.
    """
    check_policy(name, argument)
    if os.path.isdir(name):
        from ..runs.folder import RunFolder
        from ..runs.players import players_of

        return players_of(RunFolder.open(name))

    from ..zoo import load

    return load(name)


@runtime_checkable
class _Changes(Protocol):
    """What of an economy may differ from the training, as it was typed."""

    @property
    def option(self) -> tuple[str, ...]: ...
    @property
    def param(self) -> tuple[str, ...]: ...
    @property
    def prior(self) -> str | None: ...


def players_in(name: str, argument: str, changes: _Changes) -> "Players":
    """`players_named`, in an economy that differs from the training's.

    Raises:
        ConfigurationError: as `players_named`, and if the economy has no such option, param or
            prior, or a network does not fit it.
    """
    from ..runs.changed import with_options, with_prior, with_values
    from ._values import assignments, nested

    options = nested("option", assignments("option", changes.option))
    params = assignments("param", changes.param)
    players = with_options(players_named(name, argument), options, argument, name)
    if changes.prior is not None:
        players = with_prior(players, read_prior(changes.prior), argument, name)
    return with_values(players, params)


def read_prior(path: str) -> Any:
    """What the file of a prior holds, which `Prior.of` checks.

    Raises:
        ConfigurationError: if it is no JSON or YAML file, or says nothing.
    """
    from ..reading.content import ENDINGS, read_content
    from ..reading.files import ending

    require(ending(path) in ENDINGS, "prior", path, f"a file that ends in {', '.join(ENDINGS)}")
    content = read_content(path, "prior")
    # To the rest of a training, nothing is no prior at all.
    require(content is not None, "prior", path, "a file that is not empty")
    return content
