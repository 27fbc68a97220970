"""Train those who learn in an economy, such as workers under a tax schedule."""

import dataclasses
import os
import pathlib
import re
from collections.abc import Sequence
from typing import Annotated, Any

import tyro

from .._terminal import say
from ..errors import ConfigurationError, require
from ..runs.algorithms import ALGORITHMS, SHARED, typed_settings
from ..runs.errors import interruption_status
from ._recipes import recipe_of, rehearse

__all__ = [
    *("FIRST", "Options", "run"),
    *("is_done", "new_folder", "train_as_told", "train_one", "train_or_go_on"),
]

FIRST = "economy"
"""The option that may stand first without its flag."""

OptionalNumber = Annotated[int | None, tyro.conf.arg(metavar="INTEGER", help_behavior_hint="")]

_PRESETS = ("default", "published")
_ALGORITHMS = (
    f"What a role learns by: {', '.join(ALGORITHMS)} or FILE.py:CLASS (pqn takes discrete choices "
    "alone, td3 real numbers alone), with settings "
    "behind a colon, such as worker=ppo:entropy=0.1,hidden=[32]. Those of ppo stand at --ppo; "
    + "; ".join(f"{n} has {typed_settings(n)}" for n in ALGORITHMS if n != SHARED)
    + "."
)
_SETTINGS = (
    "Any other setting of the learner, such as learning_rate=3e-4. The settings of ppo, with what "
    f"they are where no preset of the economy says otherwise: {typed_settings(SHARED)}."
)
_DEFAULT_STEPS = 10_000_000


@dataclasses.dataclass(frozen=True)
class Options:
    """Train those who learn in an economy, or go on with a training: solon train ECONOMY.

    The run folder gets configuration, learning curves and checkpoints; `solon report` turns it
    into a page. Ctrl-C ends a training in good order.
    """

    economy: Annotated[str, tyro.conf.arg(metavar="NAME|FILE.py:NAME")] = "gather-trade-build"
    """What `solon list economies` names, or one in a file of yours."""
    workers: OptionalNumber = None
    """How many workers there are."""
    layout: Annotated[str | None, tyro.conf.arg(metavar="NAME|FILE", help_behavior_hint="")] = None
    """What `solon list layouts` names, or a map of yours."""
    option: Annotated[
        tuple[str, ...], tyro.conf.UseAppendAction, tyro.conf.arg(metavar="KEY=VALUE")
    ] = ()
    """Any other option of the economy, such as horizon=500 or periodic-bracket-tax.period=50."""
    param: Annotated[
        tuple[str, ...], tyro.conf.UseAppendAction, tyro.conf.arg(metavar="PARAM=VALUE")
    ] = ()
    """A param of the economy, its names joined by dots, such as labor_cost=1.2."""
    policy: Annotated[
        tuple[str, ...], tyro.conf.UseAppendAction, tyro.conf.arg(metavar="ROLE=NAME")
    ] = ()
    """What drives a role: a name of `solon list policies`, a schedule file or FILE.py:CLASS, with
    options behind a colon, such as planner=saez:elasticity=0.5. Roles without one learn."""
    learn: Annotated[
        tuple[str, ...],
        tyro.conf.UseAppendAction,
        tyro.conf.arg(metavar="ROLE=ALGORITHM", help=_ALGORITHMS),
    ] = ()
    planner: Annotated[str | None, tyro.conf.arg(metavar="NAME|FILE", help_behavior_hint="")] = None
    """What `solon list planners` names, or a JSON or YAML file with rates. Default: free-market
    where the economy has a tax."""
    planner_option: Annotated[
        tuple[str, ...], tyro.conf.UseAppendAction, tyro.conf.arg(metavar="KEY=VALUE")
    ] = ()
    """An option of the planner, such as elasticity=0.5 for saez."""
    steps: Annotated[int, tyro.conf.arg(metavar="INTEGER")] = _DEFAULT_STEPS
    """Environment steps to train for, all environments together."""
    environments: Annotated[
        int | str | None, tyro.conf.arg(metavar="INTEGER|auto", help_behavior_hint="")
    ] = None
    """Copies of the economy that run side by side; auto for the most that fit into memory, with at
    least 20 updates."""
    unroll: OptionalNumber = None
    """Steps that each copy runs between two updates."""
    preset: Annotated[str, tyro.conf.arg(metavar="|".join(_PRESETS))] = _PRESETS[0]
    """The learner's settings: fast on two cores, or those that were published."""
    ppo: Annotated[
        tuple[str, ...],
        tyro.conf.UseAppendAction,
        tyro.conf.arg(metavar="KEY=VALUE", help=_SETTINGS),
    ] = ()
    planner_ppo: Annotated[
        tuple[str, ...], tyro.conf.UseAppendAction, tyro.conf.arg(metavar="KEY=VALUE")
    ] = ()
    """A setting in which a planner that learns differs, such as entropy=0.1. For any planner
    stand_in=0.3 lets others set random rates in that share of the environments."""
    curriculum: Annotated[
        tuple[str, ...], tyro.conf.UseAppendAction, tyro.conf.arg(metavar="PARAM=POINTS")
    ] = ()
    """A param of the economy that changes with the steps done: PARAM=[[STEPS, VALUE], ...]."""
    prior: Annotated[str | None, tyro.conf.arg(metavar="FILE", help_behavior_hint="")] = None
    """A JSON or YAML file with params, skills and layouts that each episode draws, such as
    params: {labor_cost: {uniform: [0.8, 1.3]}}."""
    seed: Annotated[int, tyro.conf.arg(metavar="INTEGER")] = 0
    """All luck of the training comes from it."""
    seeds: Annotated[str | None, tyro.conf.arg(metavar="LIST", help_behavior_hint="")] = None
    """Seeds of several trainings, such as 1-3 or 1,4,7: a process and a run folder each, as many at
    a time as there are cores. With --run their folders are FOLDER/seed-1 and so on."""
    devices: Annotated[int, tyro.conf.arg(metavar="INTEGER")] = 1
    """Devices of this machine that share the copies of the economy out. On a CPU each is a part of
    it, which serves trials: one device uses all cores, too."""
    shards: OptionalNumber = None
    """Parts of the copies, of which each device has as many: they decide luck, and devices do not.
    Default: as many as devices."""
    processes: Annotated[int, tyro.conf.arg(metavar="INTEGER")] = 1
    """Processes that train this one run together, each with as many devices: all on this machine,
    or, with --coordinator, those that you start."""
    coordinator: Annotated[
        str | None, tyro.conf.arg(metavar="HOST:PORT", help_behavior_hint="")
    ] = None
    """Where process 0 of --processes can be reached by the others, on a cluster of machines."""
    process: OptionalNumber = None
    """The number of this process, from 0, with --coordinator. Process 0 writes the run folder."""
    together: Annotated[bool, tyro.conf.arg(help_behavior_hint="")] = False
    """Train all seeds in one compiled program, and not in a process each: sooner where a training
    is so small that it leaves the cores half idle."""
    start: Annotated[str | None, tyro.conf.arg(metavar="FOLDER|NAME", help_behavior_hint="")] = None
    """A run, or a name of the zoo, whose policies those who learn start from, not from nothing."""
    run: Annotated[str | None, tyro.conf.arg(metavar="FOLDER", help_behavior_hint="")] = None
    """The new run folder. Default: runs/ECONOMY-PLANNER-SEED."""
    resume: Annotated[str | None, tyro.conf.arg(metavar="FOLDER", help_behavior_hint="")] = None
    """Go on with this run instead, to the end it was meant to have."""
    quiet: Annotated[bool, tyro.conf.arg(help_behavior_hint="")] = False
    """Show no progress."""
    trust: Annotated[bool, tyro.conf.arg(help_behavior_hint="")] = False
    """Run the Python file in a run folder (--resume, --start) that you have not trained yourself,
    from now on. Read it first: it can do what you can."""


def run(options: Options) -> int:
    """Train; the exit status is 130 if it was interrupted, 129 by SIGHUP."""
    from ..runs.cores import usable_cores
    from ..runs.folder import RunFolder
    from ._group import check_group, train_in_group
    from ._policies import trust_named
    from ._runtime import check_devices, prepare
    from ._seeds import seeds_of, train_each, train_in_one

    check_devices(options.devices)
    check_group(options)
    starts = options.processes > 1 and options.coordinator is None
    if options.resume is not None:
        _check_alone(options)
        RunFolder.open(options.resume)
        if options.trust:
            trust_named([options.resume])
        return train_in_group(options, options.resume) if starts else train_as_told(options)
    require(options.preset in _PRESETS, "preset", options.preset, ", ".join(_PRESETS))
    if options.trust and options.start is not None:
        trust_named([options.start])
    if options.seeds is None:
        require(not options.together, "together", options.together, "nothing but beside --seeds")
        if not starts:
            return train_as_told(options)
        prepare(shared=True)
        recipe = recipe_of(options)
        rehearse(recipe, options.processes)
        path = options.run if options.run is not None else _default_path(recipe)
        _check_free(path)
        return train_in_group(dataclasses.replace(options, run=path), path)
    seeds = seeds_of(options.seeds)
    require(options.seed == 0, "seed", options.seed, "nothing beside --seeds")
    require(options.devices == 1, "devices", options.devices, "1 beside --seeds")
    prepare(shared=not options.together)
    # What is wrong with one is wrong with all, and told once.
    recipe = recipe_of(dataclasses.replace(options, seed=seeds[0]))
    rehearse(recipe, len(seeds) if options.together else min(len(seeds), usable_cores()))
    trainings = []
    for seed in seeds:
        path = _default_path(dataclasses.replace(recipe, seed=seed))
        path = path if options.run is None else str(pathlib.Path(options.run) / f"seed-{seed}")
        _check_free(path)
        trainings.append(dataclasses.replace(options, seed=seed, seeds=None, run=path))
    if options.together:
        return train_in_one(trainings, [dataclasses.replace(recipe, seed=seed) for seed in seeds])
    return train_each(trainings)


def _check_free(path: str) -> None:
    """Raise `ConfigurationError` unless a run folder can be made there, and nothing is in it."""
    place = pathlib.Path(path)
    free = not os.path.lexists(path) or (place.is_dir() and not os.listdir(path))
    require(free, "run", path, "a folder that does not exist yet or is empty")
    longest = max(len(os.fsencode(part)) for part in place.parts)
    require(longest <= 255, "run", path, "names of at most 255 letters")
    above = next(each for each in place.absolute().parents if os.path.lexists(each))
    writable = above.is_dir() and os.access(above, os.W_OK)
    require(writable, "run", path, f"a place to write in, and {above.name} is no folder that is")


def train_as_told(options: Options) -> int:
    """Train alone, or as one process of a group; go on with a training if that was asked for.

    Returns:
        The exit status, as `run`.
    """
    from ..runs.folder import RunFolder
    from ._group import join
    from ._runtime import prepare

    if options.coordinator is None and options.resume is None:
        return train_one(options)
    folder = None if options.resume is None else RunFolder.open(options.resume)
    described = {
        field.name: getattr(options, field.name)
        for field in dataclasses.fields(options)
        if field.name not in ("process", "coordinator", "trust", "quiet")
    }
    group = join(options, described)
    follows = group is not None and not group.leads
    prepare(quiet=follows, devices=options.devices)
    if folder is not None:
        return _train(folder, None, options, group=group)
    recipe = recipe_of(options)
    if follows:
        return _train(None, recipe, options, group=group)
    return _train_anew(recipe, options, group=group)


def train_one(options: Options, label: str | None = None) -> int:
    """Train in a new run folder.

    Args:
        options: with one seed.
        label: in front of what is shown, where several trainings share a terminal.

    Returns:
        The exit status, as `run`.
    """
    from ._runtime import prepare

    prepare(quiet=label is not None, shared=label is not None, devices=options.devices)
    recipe = recipe_of(options)
    if label is None:
        rehearse(recipe)
    return _train_anew(recipe, options, label)


def _train_anew(recipe: Any, options: Options, label: str | None = None, group: Any = None) -> int:
    path = options.run if options.run is not None else _default_path(recipe)
    folder = new_folder(recipe, path)
    with folder.removed_if_refused():
        return _train(folder, recipe, options, label, group)


def train_or_go_on(options: Options, label: str | None = None) -> int:
    """Train in a run folder that is new, or go on in one where an earlier process was killed.

    Args:
        options: with one seed and a run folder.
        label: as of `train_one`.

    Returns:
        The exit status, as `run`.
    """
    from ..runs.folder import RunFolder
    from ._runtime import prepare

    assert options.run is not None
    if not os.path.isdir(options.run) or not os.listdir(options.run):
        return train_one(options, label)
    prepare(quiet=True, shared=True)
    folder = RunFolder.open(options.run)
    if is_done(folder):
        say(folder.path)
        return 0
    return _train(folder, None, options, label)


def is_done(folder: Any) -> bool:
    """Whether a training has come to the end that it was meant to have."""
    return bool(folder.saved_steps >= folder.config["steps"])


def new_folder(recipe: Any, path: str, together: Sequence[int | str] = ()) -> Any:
    """The run folder of a training.

    Args:
        recipe: of the training.
        path: where it is made.
        together: all seeds or names that are trained in one program, if there are several.
    """
    from ..runs.folder import RunFolder
    from ..runs.provenance import provenance
    from ..runs.trust import trust_files
    from ._policies import not_kept

    config, files = recipe.to_config()
    # Its copy in the run folder will be run again by other commands.
    not_kept(trust_files(recipe.code))
    made_with = provenance(rules=recipe.env().rules)
    if recipe.prior is not None:
        from ..luck import WORLDS

        made_with["worlds"] = dict(WORLDS)
    if together:
        made_with["together"] = list(together)
    return RunFolder.create(path, config, provenance=made_with, files=files)


def _train(
    folder: Any, recipe: Any, options: Options, label: str | None = None, group: Any = None
) -> int:
    from ..runs.recipe import Recipe
    from ..runs.train import follow, train

    resume = recipe is None
    recipe = recipe or Recipe.from_folder(folder)
    devices = options.devices * (1 if group is None else group.processes)
    # To go on from a checkpoint takes no more than types and shapes.
    saved = folder is not None and folder.saved_steps
    state = recipe.abstract_state() if saved else recipe.initial_state(devices)
    trainer = recipe.trainer(devices)
    if group is not None and not group.leads:
        result = follow(folder, trainer, state, recipe.steps, group=group)
    else:
        result = train(
            folder,
            trainer,
            state,
            recipe.steps,
            resume=resume,
            quiet=options.quiet,
            label=label,
            group=group,
        )
    if result.interrupted:
        return interruption_status(result.number)
    if group is None or group.leads:
        say(folder.path)
    return 0


_BESIDE_RESUME = (
    *("resume", "quiet", "trust"),
    *("devices", "processes", "coordinator", "process"),
)


def _check_alone(options: Options) -> None:
    for field in dataclasses.fields(options):
        changed = getattr(options, field.name) != field.default
        if changed and field.name not in _BESIDE_RESUME:
            raise ConfigurationError(
                field.name,
                getattr(options, field.name),
                "nothing together with --resume, as the run keeps its configuration",
            )


def _default_path(recipe: Any) -> str:
    economy = recipe.economy.rpartition(":")[2]
    economy = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", economy).replace("_", "-").lower()
    learned = recipe.planner is None and "planner" in recipe.env().roles
    planner = ["learned"] if learned else [recipe.planner.name] if recipe.planner else []
    others = [
        f"{role}-{named.name.rpartition(':')[2]}"
        for role, named in recipe.policies.items()
        if role != "planner"
    ]
    name = "-".join([economy, *planner, *others, str(recipe.seed)])
    return str(pathlib.Path("runs") / re.sub(r"[^\w.-]+", "-", name))
