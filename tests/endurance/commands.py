"""Commands that write, each at its smallest, and what has to be there whenever one is killed."""

import contextlib
import dataclasses
import functools
import pathlib
import shutil
from collections.abc import Callable

__all__ = ["COMMANDS", "Command"]

ROOT = pathlib.Path(__file__).parents[2]
_ONE = ("train", "--economy", "one-step-economy", "--environments", "2", "--unroll", "4", "--quiet")
_SMALL = ("--ppo", "minibatches=2", "--ppo", "hidden=[4]", "--planner", "saez",
          "--planner-option", "capacity=40")  # fmt: skip
_TRAIN = (*_ONE, *_SMALL, "--run", "run")
_DEMO = 12_000
_OWN = ("train", "--economy", "own.py:Harvest", "--environments", "4", "--unroll", "10",
        "--ppo", "hidden=[4]", "--quiet", "--steps", "80", "--run", "run")  # fmt: skip
_EVALUATED = ((*_TRAIN, "--steps", "48"), ("evaluate", "run", "--episodes", "4"))
_VERMONT = ("--states", "Vermont", "--days", "30")
_HARVEST = (ROOT / "tests/cli/own_economy.py").read_text("utf-8")
_SCHEDULE = "name: {}\ncutoffs: [0, 9.7, 39.475]\nrates: [0.1, 0.22, {}]\n"


def _same(place):
    return None


def _resumed(place):
    return (
        ("train", "--resume", "run", "--quiet") if (place / "run" / "run.json").exists() else None
    )


@dataclasses.dataclass(frozen=True)
class Command:
    """A command and what there is before it.

    Attributes:
        typed: the command.
        before: commands that make what is there before it, and functions of the folder.
        files: texts that are there from the start, by name.
        wholes: patterns of folders that are the old ones or the new ones as a whole.
        sealed: patterns of files that hold times: they are the old, the new, or others that are
            whole by their own hash, and a second run writes others.
        again: the second run in the folder that it is given; None for the same as the first.
        done: what the second run may say, with status 2, if it has nothing left to do.
        refused: what it may say if it takes no folder that is there already.
        check: what else has to hold of what is left; raises if it does not.
        around: a context for all runs, for what takes time and writes nothing.
        real: whether real kills are tried, too: not where that context makes a long command short.
    """

    typed: tuple[str, ...]
    before: tuple[tuple[str, ...] | Callable[[pathlib.Path], object], ...] = ()
    files: dict[str, str] = dataclasses.field(default_factory=dict)
    wholes: tuple[str, ...] = ()
    sealed: tuple[str, ...] = ()
    again: Callable[[pathlib.Path], tuple[str, ...] | None] = _same
    done: str | None = None
    refused: str | None = None
    check: Callable[[pathlib.Path], object] = _same
    around: Callable[[], contextlib.AbstractContextManager] = contextlib.nullcontext
    real: bool = True


def _more_steps(place):
    """What a training that was interrupted after its first checkpoint looks like."""
    from solon.runs import RunFolder

    RunFolder.open(place / "run").plan(80)


def _cells(place):
    """The one cell that the cell to be computed needs, and the summary of an earlier run."""
    made = ROOT / "results" / "tax-theory"
    shutil.copytree(made / "cells/log-normal/truth", place / "cells/log-normal/truth")
    shutil.copy(made / "summary.json", place)


@contextlib.contextmanager
def _made_once(module, name):
    """What a function of a module returns is made once, and not for each kill."""
    kept, made = getattr(module, name), []

    def once(*arguments, **named):
        made[:] = made or [kept(*arguments, **named)]
        return made[0]

    setattr(module, name, once)
    try:
        yield
    finally:
        setattr(module, name, kept)


def _fitted_once():
    """Forecasts are made once: only what comes after them writes."""
    from solon.applications.pandemic.calibration import study

    return _made_once(study, "run_study")


@contextlib.contextmanager
def _measured_once():
    """The same of benchmarks, which write nothing themselves."""
    from solon.bench import pandemic, table

    with _made_once(table, "records"), _made_once(pandemic, "report"):
        yield


@contextlib.contextmanager
def _one_after_the_other():
    """The demo's two trainings, small and in this process: their folders are their own."""
    from solon.applications.taxation import demo

    run, train_all = demo.run, demo._train_all
    demo.run = functools.partial(run, first=_DEMO, most=_DEMO, episodes=2)
    demo._train_all = _train_here
    try:
        yield
    finally:
        demo.run, demo._train_all = run, train_all


class _Parent:
    """What a training of the demo talks to: it says how many steps there are to be."""

    def send(self, speed):
        """Nobody waits for it."""

    def recv(self):
        return _DEMO


def _train_here(path, seed, deadline, first, most):
    from solon.applications.taxation import demo

    for planner in demo.REGIMES:
        demo._train(_Parent(), str(path / planner), planner, seed, set(), first, most)
    return True


def _go_on(place):
    """Each training of a demo that was killed can be opened, and its checkpoint read."""
    from solon.applications.taxation.demo import REGIMES
    from solon.runs import RunFolder, load_trained

    for planner in REGIMES:
        if (place / "demo" / planner).exists():
            folder = RunFolder.open(place / "demo" / planner)
            if folder.saved_steps:
                load_trained(folder)


_RUN = {
    "wholes": ("run/evaluation", "run/checkpoints/*"),
    "sealed": ("run/run.json", "run/metrics/*.parquet", "run/checkpoints/*/manifest.json"),
}
_TRAINED = {**_RUN, "again": _resumed, "done": "a run with steps left"}

COMMANDS = {
    "train": Command((*_TRAIN, "--steps", "80"), **_TRAINED),
    "train with a Python file": Command(_OWN, files={"own.py": _HARVEST}, **_TRAINED),
    "train --resume": Command(
        ("train", "--resume", "run", "--quiet"),
        before=((*_TRAIN, "--steps", "48"), _more_steps), **_TRAINED,
    ),
    "evaluate": Command(
        ("evaluate", "run", "--episodes", "4", "--seed", "1"), before=_EVALUATED, **_RUN
    ),
    "report": Command(
        ("report", "run"),
        before=(
            *_EVALUATED, ("report", "run"), _more_steps, ("train", "--resume", "run", "--quiet"),
        ),
        **_RUN,
    ),
    "zoo pack": Command(
        ("zoo", "pack", "run", "tests/one", "--card-note", "another one"),
        before=(*_EVALUATED, ("zoo", "pack", "run", "tests/one")),
        # Packed once more, it has another version.
        wholes=("zoo/tests/one",), sealed=(*_RUN["sealed"], "zoo/tests/one/*"),
    ),
    "schedule --out": Command(
        ("schedule", "show", "new.yaml", "--out", "out/schedule.yaml"),
        before=(("schedule", "show", "old.yaml", "--out", "out/schedule.yaml"),),
        files={"old.yaml": _SCHEDULE.format("old", 0.4), "new.yaml": _SCHEDULE.format("new", 0.3)},
    ),
    "pandemic run": Command(
        ("pandemic", "run", "level=5", *_VERMONT, "--json", "a/b.json", "--report", "a/b.html"),
        before=(
            ("pandemic", "run", "level=2", *_VERMONT, "--json", "a/b.json", "--report", "a/b.html"),
        ),
    ),
    "pandemic optimize": Command(
        ("pandemic", "optimize", *_VERMONT, "--method", "threshold", "--evaluations", "120",
         "--out", "a/plan.yaml", "--json", "a/b.json"),
        before=(
            ("pandemic", "optimize", *_VERMONT, "--method", "threshold", "--evaluations", "100",
             "--stringency", "3", "--out", "a/plan.yaml"),
        ),
    ),
    "calibrate": Command(
        ("calibrate", "pandemic", "--quick", "--origins", "2020-12", "--horizons", "1",
         "--out", "fit", "--report", "fit.html"),
        before=(("calibrate", "pandemic", "--quick", "--origins", "2020-12", "--horizons", "1",
                 "--seed", "1", "--out", "fit"),),
        wholes=("fit",), sealed=("fit/scores.json",), around=_fitted_once,
    ),
    "reproduce": Command(
        ("reproduce", "tax-theory", "--cells", "log-normal/saez", "--out", "."),
        before=(_cells,), sealed=("cells/*/saez/cell.json",),
    ),
    "demo": Command(
        ("demo", "--train", "--run", "demo"),
        wholes=("demo/*/evaluation", "demo/*/checkpoints/*"),
        sealed=("demo/*/run.json", "demo/*/metrics/*.parquet", "demo/*/checkpoints/*", "*.html"),
        refused="a folder that does not exist yet, or is empty",
        check=_go_on, around=_one_after_the_other, real=False,
    ),
    "bench": Command(
        ("bench", "pandemic", "--seconds", "0.1", "--case", "51 states", "--json", "out/b.json"),
        files={"out/b.json": "[]\n"}, around=_measured_once, real=False,
    ),
}  # fmt: skip
