"""Train with many seeds and settings, from one file."""

import contextlib
import dataclasses
import functools
import io
import pathlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import tyro

from .._terminal import say, tell
from ..errors import require, require_whole
from ..runs.errors import interruption_status

if TYPE_CHECKING:
    from ..evidence.sweeps import Swept, SweptPoint
    from ._pool import Backend, Ended, Job
    from ._sweep_file import Point, Sweep

__all__ = ["FIRST", "Options", "run"]

FIRST = "file"
"""The option that may stand first without its flag."""

_BACKENDS = ("processes", "ray")
_MOST_WORKERS = 4096
_WIDEST = 60
_NOTE = (
    "Means of the last tenth of the updates of a training, over seeds; 95 % intervals are over "
    "seeds, where there are five or more."
)

OptionalNumber = Annotated[int | None, tyro.conf.arg(metavar="INTEGER", help_behavior_hint="")]


@dataclasses.dataclass(frozen=True)
class Options:
    """Train with many seeds and settings: solon sweep FILE.yaml.

    The file says what all trainings share, in the words of `solon train`, and what varies: `seeds`,
    a `grid` of values, and `points` with names. Each training gets a run folder of its own. The
    same command goes on where it was stopped, and does not repeat what is done.
    """

    file: Annotated[str, tyro.conf.arg(metavar="FILE")]
    """In YAML or JSON, with train, seeds, grid, points, together and metric."""
    out: Annotated[str | None, tyro.conf.arg(metavar="FOLDER", help_behavior_hint="")] = None
    """Folder of the runs, the table and the report. Default: runs/NAME, as the file is called."""
    workers: OptionalNumber = None
    """Trainings at a time. Default: as many as there are cores."""
    backend: Annotated[str, tyro.conf.arg(metavar="|".join(_BACKENDS))] = _BACKENDS[0]
    """What runs them: processes of this machine, or Ray (pip install 'solon[cluster]')."""
    address: Annotated[str | None, tyro.conf.arg(metavar="HOST:PORT", help_behavior_hint="")] = None
    """Of a Ray cluster that runs, whose machines see the same folder. Default: Ray starts here."""
    quiet: Annotated[bool, tyro.conf.arg(help_behavior_hint="")] = False
    """Show no progress."""


def run(options: Options) -> int:
    """Train all that is missing, then print and write what came out."""
    from ..runs.cores import usable_cores
    from ._pool import Processes
    from ._ray import ray_backend
    from ._runtime import prepare
    from ._sweep_file import read_sweep
    from ._sweep_folder import check_folder, open_folder

    require(options.backend in _BACKENDS, "backend", options.backend, ", ".join(_BACKENDS))
    on_ray = options.backend == "ray"
    alone = options.address is None or on_ray
    require(alone, "address", options.address, "nothing but beside --backend ray")
    if options.workers is not None:
        require_whole("workers", options.workers, low=1, high=_MOST_WORKERS)
    sweep = read_sweep(options.file)
    out = pathlib.Path(options.out or pathlib.Path("runs", pathlib.Path(options.file).stem))
    with contextlib.ExitStack() as stack:
        workers = options.workers or usable_cores()
        backend: Backend | None = None
        if on_ray:
            # It starts processes by forking this one, which has to be before jax has threads.
            started = ray_backend(options.address, options.workers)
            backend, workers = stack.enter_context(started)
        prepare(shared=True)
        planned = _planned(sweep, out, workers)
        missing = check_folder(out, options.file, [(each.name, each.recipe) for each in planned])
        workers = min(workers, max(1, len(missing)))
        backend = backend or Processes(workers)
        open_folder(out, sweep.content, [each.name for each in planned])
        todo = [each for each in planned if each.name in missing]
        shown = f"{len(todo)} of {len(planned)} trainings to do"
        _progress(options, f"{shown}, {workers} at a time" if not sweep.together else shown)
        jobs = _in_one(todo, out, options) if sweep.together else _jobs(todo, options)
        ended = _do(jobs, backend, workers, options)
    if ended.asked is not None:
        tell("solon: interrupted; the same command goes on")
        return interruption_status(ended.asked)
    return _told(sweep, planned, out, options)


@dataclasses.dataclass(frozen=True)
class _Planned:
    """A training of the sweep.

    Attributes:
        name: of its folder within that of the sweep.
        point: its setting.
        options: as they would be typed.
        recipe: of the training.
    """

    name: str
    point: "Point"
    options: Any
    recipe: Any


def _planned(sweep: "Sweep", out: pathlib.Path, workers: int) -> list[_Planned]:
    """All trainings. What is wrong with a setting is told before anything begins.

    Raises:
        ConfigurationError: for the first setting that does not fit, or that cannot be trained
            together with the others.
    """
    from ..learning.one_program import one_program
    from ._recipes import recipe_of, rehearse

    found: list[_Planned] = []
    learners: list[Any] = []
    for point in sweep.points:
        recipe = recipe_of(dataclasses.replace(point.options, seed=sweep.seeds[0]))
        learner = recipe.learner()
        if sweep.together:
            one_program([*learners[:1], learner])
            first = found[0].recipe if found else recipe
            allowed = f"{first.steps}, as in the others that are trained together"
            require(recipe.steps == first.steps, "steps", recipe.steps, allowed)
        if not any(map(functools.partial(_same_program, learner), learners)):
            count = len(sweep.points) * len(sweep.seeds)
            rehearse(recipe, count if sweep.together else min(count, workers))
            _check_metrics(sweep, recipe)
        learners.append(learner)
        for seed in sweep.seeds:
            name = f"{point.name}/seed-{seed}"
            typed = dataclasses.replace(point.options, seed=seed, run=str(out / name))
            own = dataclasses.replace(recipe, seed=seed)
            found.append(_Planned(name, point, dataclasses.replace(typed, quiet=True), own))
    return found


def _same_program(one: Any, other: Any) -> bool:
    from ..errors import ConfigurationError
    from ..learning.one_program import one_program

    try:
        one_program([one, other])
    except ConfigurationError:
        return False
    return True


def _check_metrics(sweep: "Sweep", recipe: Any) -> None:
    if not sweep.metrics:
        return
    import jax

    names = jax.eval_shape(recipe.learner().update, recipe.abstract_state())[1]
    for name in sweep.metrics:
        require(name in names, "metric", name, f"one of {', '.join(sorted(names))}")


def _jobs(todo: Sequence[_Planned], options: Options) -> "list[Job]":
    from ._pool import Job
    from .train import train_or_go_on

    calls = [functools.partial(train_or_go_on, one.options, label=one.name) for one in todo]
    return [
        Job(one.name, functools.partial(_silently, call))
        for one, call in zip(todo, calls, strict=True)
    ]


def _in_one(todo: Sequence[_Planned], out: pathlib.Path, options: Options) -> "list[Job]":
    """A job of all trainings that begin, and one of all that go on."""
    from ._pool import Job

    groups: dict[str, list[_Planned]] = {}
    for one in todo:
        began = (out / one.name).is_dir()
        groups.setdefault("trainings that go on" if began else "trainings", []).append(one)
    jobs = []
    for words, group in groups.items():
        typed = [dataclasses.replace(one.options, quiet=options.quiet) for one in group]
        call = functools.partial(_train_group, typed, [one.name for one in group])
        jobs.append(Job(f"{len(group)} {words}", functools.partial(_silently, call)))
    return jobs


def _train_group(typed: Sequence[Any], names: Sequence[str]) -> int:
    """Train in one program, in a process of their own."""
    from ._recipes import recipe_of
    from ._runtime import prepare
    from ._seeds import train_in_one

    prepare(quiet=True, shared=True)
    # A recipe that has looked at a user's economy cannot be handed from process to process.
    made: dict[Any, Any] = {}
    recipes = []
    for options in typed:
        point = dataclasses.replace(options, seed=0, run=None)
        if point not in made:
            made[point] = recipe_of(point)
        recipes.append(dataclasses.replace(made[point], seed=options.seed))
    return train_in_one(typed, recipes, names, label="together")


def _silently(call: Callable[[], int]) -> int:
    """The call without its standard output, which is that of the table."""
    with contextlib.redirect_stdout(io.StringIO()):
        return call()


def _do(jobs: "Sequence[Job]", backend: "Backend", workers: int, options: Options) -> "Ended":
    from ._pool import run_jobs

    count = 0

    def done(job: "Job", status: int) -> None:
        nonlocal count
        count += 1
        how = "done" if status == 0 else f"failed (exit status {status})"
        _progress(options, f"{count} of {len(jobs)}: {job.name} {how}")

    return run_jobs(jobs, backend, workers=workers, done=done)


def _progress(options: Options, text: str) -> None:
    if not options.quiet:
        tell(f"solon: {text}")


def _told(sweep: "Sweep", planned: Sequence[_Planned], out: pathlib.Path, options: Options) -> int:
    """Write and print what came out; the exit status."""
    from ..evidence.sweeps import SweptPoint, points_csv, runs_csv, usual_metrics
    from ..figures.sweep_report import write_sweep_report
    from ..runs.atomic import write_file

    runs = [_swept(out, one) for one in planned]
    metrics = list(sweep.metrics) or usual_metrics(runs)
    points = SweptPoint.of(runs)
    write_file(out / "table.csv", points_csv(points, metrics).encode())
    write_file(out / "runs.csv", runs_csv(runs, metrics).encode())
    name = pathlib.Path(options.file).stem
    report = write_sweep_report(
        out / "report.html",
        points,
        metrics,
        title=f"Sweep {name}",
        note=_NOTE,
        content=sweep.content,
    )
    say(*_table(points, metrics), str(report))
    failed = [run.name for run in runs if not run.is_done]
    if failed:
        tell(f"solon: {len(failed)} of {len(runs)} trainings failed: {', '.join(failed)}")
    return 1 if failed else 0


def _swept(out: pathlib.Path, one: _Planned) -> "Swept":
    from ..evidence.sweeps import Swept, curves_of
    from ..runs.folder import RunFolder
    from .train import is_done

    there = (out / one.name).is_dir()
    folder = RunFolder.open(out / one.name) if there else None
    return Swept(
        name=one.name,
        point=one.point.name,
        settings=one.point.settings,
        seed=one.options.seed,
        outcome="missing" if folder is None else folder.outcome,
        steps=0 if folder is None else folder.saved_steps,
        curves=curves_of(folder) if folder is not None and is_done(folder) else {},
    )


def _table(points: "Sequence[SweptPoint]", metrics: Sequence[str]) -> list[str]:
    width = min(_WIDEST, max(len(point.name) for point in points))
    lines = [_NOTE]
    for metric in metrics:
        lines.append(metric)
        for point in points:
            found, name = point.level(metric), point.name
            name = name if len(name) <= width else "…" + name[1 - width :]
            value = "        none" if found is None else f"{found.value:12.5g}"
            cells = [f"  {name:{width}}{value}"]
            if found is not None and found.low is not None:
                cells.append(f"  [{found.low:.4g}, {found.high:.4g}]")
            done = len(point.done)
            cells.append(f"  {done} seed{'s' * (done != 1)}")
            lines.append("".join(cells))
    return lines
