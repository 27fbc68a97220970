"""Write the report of a run as one HTML file."""

import dataclasses
import pathlib
from typing import TYPE_CHECKING, Annotated

import tyro

if TYPE_CHECKING:
    from ..evidence import Evaluation
    from ..runs.folder import RunFolder

__all__ = ["Options", "run"]

_EPISODES = 100


@dataclasses.dataclass(frozen=True)
class Options:
    """Write a report that opens in any browser, without a network.

    A run that was not evaluated since its last step is evaluated first, on 100 episodes.
    """

    run: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="RUN")]
    """A run folder."""
    out: Annotated[str | None, tyro.conf.arg(metavar="FILE", help_behavior_hint="")] = None
    """Where to. Default: report.html in the run folder."""


def run(options: Options) -> int:
    """Write the report and print where it is."""
    from ..runs.folder import RunFolder
    from ._runtime import prepare

    folder = RunFolder.open(options.run)
    out = pathlib.Path(options.out) if options.out is not None else folder.path / "report.html"
    _check_place(out)
    prepare()

    from ..figures import write_report
    from ..runs.metrics import read_metrics

    evaluation = _evaluation(folder)
    table = read_metrics(folder.path / "metrics")
    curves = {name: table[name].to_numpy() for name in table.column_names}
    write_report(
        out,
        [evaluation],
        title=f"{evaluation.labels['layout']} under {evaluation.regime}",
        configuration=folder.config,
        provenance={**folder.provenance, "created": folder.created, "history": folder.history},
        curves={evaluation.regime: curves},
        note="One training with one seed: the spread over episodes says nothing about other seeds.",
    )
    print(out)
    return 0


def _evaluation(folder: "RunFolder") -> "Evaluation":
    """The evaluation in the folder, or a new one if the run has gone on since."""
    from ..errors import ConfigurationError
    from ..evidence import Evaluation
    from .evaluate import evaluate_run

    try:
        kept = Evaluation.load(folder.path / "evaluation")
    except ConfigurationError:
        # None yet, or a damaged one: either way there is a better one to be had.
        kept = None
    if kept is not None and kept.labels.get("environment steps") == str(folder.saved_steps):
        return kept
    return evaluate_run(folder, episodes=_EPISODES, seed=0)


def _check_place(out: pathlib.Path) -> None:
    """Find out that the report can not be written before minutes are spent on it."""
    import os

    from ..errors import require

    parent = out.absolute().parent
    while not parent.exists() and parent != parent.parent:
        parent = parent.parent
    writable = parent.is_dir() and os.access(parent, os.W_OK) and not out.is_dir()
    require(writable, "out", str(out), "a place for a file that can be written")
