"""Write the report of a run as one HTML file."""

import dataclasses
import pathlib
from typing import TYPE_CHECKING, Annotated

import tyro

from .._terminal import say
from ..errors import ConfigurationError, require
from ._places import check_place
from ._policies import trust_named

if TYPE_CHECKING:
    from ..runs.folder import RunFolder

__all__ = ["Options", "run"]

_EPISODES = 100
_NOTE = (
    "{} with one seed. The spread shown is over evaluation episodes, not over trainings: "
    "another seed may come out differently."
)


@dataclasses.dataclass(frozen=True)
class Options:
    """Write a report that opens in any browser, without a network.

    A run that was not evaluated since its last step is evaluated first, on 100 episodes. With more
    than one run, all are held against the first of them on the same luck.
    """

    runs: Annotated[tuple[str, ...], tyro.conf.Positional, tyro.conf.arg(metavar="RUN")]
    """One or more run folders of the same economy."""
    out: Annotated[str | None, tyro.conf.arg(metavar="FILE", help_behavior_hint="")] = None
    """Where to. Default: report.html in the first run folder."""
    trust: Annotated[bool, tyro.conf.arg(help_behavior_hint="")] = False
    """Run the Python file in a run folder that you have not trained yourself, from now on. Read it
    first: it can do what you can."""


def run(options: Options) -> int:
    """Write the report and print where it is."""
    from ..runs.folder import EVALUATION, RunFolder
    from ._runtime import prepare

    require(bool(options.runs), "run", "", "an existing run folder")
    for name in options.runs:
        require(options.runs.count(name) == 1, "run", name, "each run once")
    folders = [RunFolder.open(name) for name in options.runs]
    for folder in folders:
        folder.check_training()
    economies = [str(folder.config.get("economy")) for folder in folders]
    for name, economy in zip(options.runs, economies, strict=True):
        same = economy.rpartition("/")[2] == economies[0].rpartition("/")[2]
        require(same, "run", f"{name}, of {economy}", f"runs of {economies[0]}")
    out = pathlib.Path(options.out) if options.out is not None else folders[0].path / "report.html"
    check_place("out", out)
    if options.trust:
        trust_named(options.runs)
    prepare()

    from ..evidence.run import evaluate_run
    from ..figures.run_report import write_run_report

    for folder in folders:
        if not _is_evaluated(folder):
            lasts = (folder.config.get("prior") or {}).get("episodes_per_world", 1)
            # Whole worlds.
            episodes = -(-_EPISODES // lasts) * lasts
            evaluate_run(folder, episodes=episodes).save(folder.path / EVALUATION)
    trainings = "One training" if len(folders) == 1 else "Trainings of one regime each, each"
    write_run_report(folders, out, note=_NOTE.format(trainings))
    say(out)
    return 0


def _is_evaluated(folder: "RunFolder") -> bool:
    """Whether there is an evaluation of the newest checkpoint."""
    from ..figures.run_report import load_outcomes

    try:
        labels = load_outcomes(folder).labels
    except ConfigurationError:
        return False
    return labels.get("steps") == f"{folder.saved_steps:,}"
