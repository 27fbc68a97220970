"""How a planner is trained in societies that nobody describes to it."""

import dataclasses
import json
import pathlib
import shutil
import signal

import safetensors.numpy

from ...agents import ActorCritic
from ...errors import ConfigurationError, require, require_whole
from ...learning import PPO
from ...reading.arrays import arrays_of
from ...reading.files import UnreadableError, bytes_of
from ...runs.arrays import pack, unpack
from ...runs.atomic import write_file
from ...runs.errors import Interrupted
from ...runs.folder import RunFolder
from ...runs.network_sizes import misfit_in_words
from ...runs.provenance import provenance
from ...runs.recipe import Recipe, load_trained
from ...runs.train import train
from .societies import Societies

__all__ = [
    *("FILES", "MEMORIES", "PLANNER", "RECURRENT", "WITHOUT"),
    *("read_planner", "recipe_of", "remembering", "settings", "train_planner"),
]

PLANNER = "planner.safetensors"
"""The file in which a trained planner is kept."""

MEMORIES = FILES, RECURRENT, WITHOUT = "files", "recurrent", "none"
"""How a planner knows of years before the last one: it is shown them all, remembers what it makes
of each, or not at all."""

_COPIES = 1024
_BALANCE = 0.5
"""With it 6 million years taught more than 14 million without: .72 of the gap over five models, and
.69 (one training each, on societies for choosing)."""


def settings(steps: int, *, recurrent: bool = False) -> PPO:
    """Of the learner.

    An episode is all years of a society, so that what a rate teaches about the years to come is
    credited to the year that set it; a prior whose worlds last for episodes of one year would
    reward no exploring. The discount is 1, since years count alike, and gradients reach back over
    all of them.

    Args:
        steps: years of the training, all copies together.
        recurrent: whether the network remembers.
    """
    return PPO(
        environments=_COPIES,
        unroll=10,
        epochs=4,
        minibatches=8,
        hidden=(64, 32) if recurrent else (128, 128),
        recurrent=recurrent,
        discount=1.0,
        gae_lambda=0.8,
        entropy=((0.0, 0.02), (0.8 * steps, 0.0005)),
        learning_rate=((0.0, 3e-3), (float(steps), 2e-4)),
        # What is lost differs a thousandfold between societies: the critic's errors would drown
        # what the planner has to learn.
        value_coefficient=0.05,
    )


def recipe_of(societies: Societies, *, steps: int, seed: int, memory: str = FILES) -> Recipe:
    """The training of a planner.

    Args:
        societies: of which each episode draws one; as many years are shown as the memory asks for.
        steps: years, all copies together.
        seed: of all luck.
        memory: one of `MEMORIES`.
    """
    require_whole("steps", steps, low=1, high=2**31 - 1)
    require(memory in MEMORIES, "memory", memory, ", ".join(MEMORIES))
    societies = remembering(societies, memory)
    return Recipe(
        "unknown-society",
        {**societies.options, "balance": _BALANCE},
        ppo=settings(steps, recurrent=memory == RECURRENT),
        prior=societies.content,
        seed=seed,
        steps=steps,
    )


def remembering(societies: Societies, memory: str) -> Societies:
    """The same, with as many years shown as a planner of this memory reads."""
    years = societies.env().years if memory == FILES else 1
    return dataclasses.replace(societies, remembered=years)


def train_planner(recipe: Recipe, folder: pathlib.Path, *, quiet: bool = True) -> ActorCritic:
    """Train in a run folder, or go on where an earlier process was interrupted.

    Args:
        recipe: from `recipe_of`.
        folder: gets the run in `run`, and the planner in `PLANNER`.
        quiet: show no progress.

    Raises:
        Interrupted: if it was asked to stop.
    """
    path = folder / "run"
    config, files = recipe.to_config()
    run = RunFolder.open(path) if path.is_dir() else None
    if run is not None and run.config != json.loads(json.dumps(config)):
        shutil.rmtree(path)
        run = None
    if run is None:
        made_with = provenance(rules=recipe.env().rules)
        run = RunFolder.create(path, config, provenance=made_with, files=files)
    if run.saved_steps < recipe.steps:
        state = recipe.abstract_state() if run.saved_steps else recipe.initial_state()
        result = train(run, recipe.trainer(), state, recipe.steps, resume=True, quiet=quiet)
        if result.interrupted:
            done = f"interrupted after {result.environment_steps} steps; run it again to go on"
            raise Interrupted(result.number or signal.SIGINT, done)
    learned = load_trained(run).state.learned
    write_file(folder / PLANNER, safetensors.numpy.save(pack(learned)))
    planner: ActorCritic = learned["planner"]
    return planner


def read_planner(path: pathlib.Path, recipe: Recipe) -> ActorCritic:
    """A planner from its file.

    Args:
        path: of the file.
        recipe: of its training, for the sizes of its network.

    Raises:
        ConfigurationError: if it cannot be read, or is of other workers or years.
    """
    like = recipe.abstract_state().learned
    try:
        arrays = arrays_of(bytes_of(path))
    except (UnreadableError, ValueError) as error:
        allowed = f"a file of a planner ({error})"
        raise ConfigurationError("planner", str(path), allowed) from None
    problem = misfit_in_words(arrays, like)
    if problem is not None:
        allowed = f"a planner of societies with the same workers and years ({problem})"
        raise ConfigurationError("planner", str(path), allowed)
    planner: ActorCritic = unpack(arrays, like)["planner"]
    return planner
