"""A recipe: all that is needed to make a training, or to make it again from its run folder."""

import dataclasses
import functools
import os
import pathlib
from collections.abc import Mapping
from typing import Any, NamedTuple

import jax

from .. import registry
from .._plain import plain_fields
from ..agents import ActorCritic
from ..applications.taxation.search.schedule_search import ScheduleSearch
from ..environment import Environment
from ..errors import ConfigurationError, DamageError, EconomyError, require, shown_value
from ..learning import PPO, Learner, Prior, TrainState
from ..learning.params import given_params
from ..luck import key_of
from ..own_code import failure
from ..policy import Policy
from ..reading.files import UnreadableError, bytes_of
from . import checkpoint
from .curriculum import Curriculum
from .folder import CHECKPOINTS, RunFolder
from .planners import (
    NamedPlanner,
    build_planner,
    planner_from_config,
    random_stand_in,
    search_settings,
)
from .schedules import SEARCH, NamedSchedule
from .start import read_policies, read_start
from .trust import check_trusted
from .values import as_tuples

__all__ = ["Recipe", "Trained", "load_trained"]

_INPUTS = "inputs"
_START = "start.safetensors"
_MOST_STEPS = 2**31 - 1
"""The learner counts environment steps in 32 bits."""


@dataclasses.dataclass(frozen=True)
class Recipe:
    """A training: economy, planner, learner, luck and length.

    Attributes:
        economy: a name that `solon.make` knows, or `FILE.py:NAME`.
        options: of the economy.
        planner: drives the role `planner`; without it that role, if there is one, learns.
        ppo: configuration of the learner.
        own_ppo: role -> a configuration of its own.
        start: a run, a file with its policies, or a name of the zoo, that those who learn start
            from.
        curriculum: param of the economy -> schedule over environment steps.
        prior: what `Prior.of` takes, if episodes draw params.
        params: place of a param (names joined by dots) -> its value, where it is not the usual one.
        seed: of all luck.
        steps: environment steps, all copies together.
    """

    economy: str
    options: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    planner: NamedSchedule | NamedPlanner | None = None
    ppo: PPO = dataclasses.field(default_factory=PPO)
    own_ppo: Mapping[str, PPO] = dataclasses.field(default_factory=dict)
    start: str | None = None
    curriculum: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    prior: Mapping[str, Any] | None = None
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    seed: int = 0
    steps: int = 1_000_000

    def __post_init__(self):
        plain_fields(self)
        count = type(self.steps) is int and 1 <= self.steps <= _MOST_STEPS
        require(count, "steps", self.steps, f"an integer from 1 to {_MOST_STEPS}")
        seed = type(self.seed) is int and 0 <= self.seed < 2**32
        require(seed, "seed", self.seed, "an integer from 0 to 4294967295")

    def env(self) -> Environment:
        """The economy.

        Raises:
            ConfigurationError: if there is no such economy, or an option is not allowed.
            EconomyError: if a user's file cannot be imported, or its economy is none.
        """
        return self._viewed

    @functools.cached_property
    def _viewed(self) -> Environment:
        """The economy, with what the prior shows to roles."""
        worlds = self.worlds()
        return self._env if worlds is None else worlds.view(self._env)

    @functools.cached_property
    def _env(self) -> Environment:
        try:
            env = registry.make(self.economy, **as_tuples(self.options))
        except (ConfigurationError, EconomyError):
            raise
        except (Exception, SystemExit) as error:
            # A user's own file may raise anything.
            told, options = failure(error, known_own=True), shown_value(dict(self.options))
            built = f"{self.economy} with {options}" if self.options else self.economy
            raise EconomyError(f"economy {built} cannot be built: {told}") from error
        proper = isinstance(env, Environment)
        require(proper, "economy", self.economy, "a class or function that gives an Environment")
        return env

    def start_params(self) -> Any:
        """The economy's params, where no curriculum or prior says otherwise.

        Raises:
            ConfigurationError: if the economy has no such params, or a value is not of their kind.
        """
        return given_params(self._env.default_params(), self.params)

    def given(self) -> dict[str, Policy]:
        """The policies of the roles that do not learn.

        Raises:
            ConfigurationError: if it does not fit the economy.
        """
        if self.planner is None:
            return {}
        return {"planner": build_planner(self.planner, self._env)}

    def learner(self) -> Learner:
        """The learner.

        Raises:
            ConfigurationError: if its sizes do not fit the economy.
        """
        env = self.env()
        planned = self.given()
        learning = tuple(role for role in env.roles if role not in planned)
        settings: dict[str, Any] = {"learn": learning, "own_configs": tuple(self.own_ppo.items())}
        prior = self.worlds()
        if self.params:
            self.start_params()
        for place in self.params:
            allowed = "a param that neither the prior nor the curriculum sets"
            drawn = () if prior is None else dict(prior.params)
            require(place not in self.curriculum and place not in drawn, "param", place, allowed)
        if prior is not None:
            settings["prior"] = prior
            for place in self.curriculum:
                allowed = "a param that the prior does not draw"
                require(place not in dict(prior.params), "curriculum", place, allowed)
        if self.curriculum:
            settings["curriculum"] = Curriculum.of(self.curriculum, env.default_params())
        learner = Learner(env, self.ppo, **settings)
        update = learner.steps_per_update
        allowed = f"fewer: an update may have {_MOST_STEPS} steps, and has {update}"
        require(update <= _MOST_STEPS, "environments", self.ppo.environments, allowed)
        allowed = f"at most {_MOST_STEPS - update}, as the last update may go past it"
        require(self.steps <= _MOST_STEPS - update, "steps", self.steps, allowed)
        return learner

    def worlds(self) -> Prior | None:
        """What draws a world for each episode; None if all have the same params.

        Raises:
            ConfigurationError: if the economy has no such params.
        """
        return None if self.prior is None else Prior.of(self.prior, self._env)

    def keeps(self, role: str) -> bool:
        """Whether the policy of a role that could learn stays as it is."""
        return self.own_ppo.get(role, self.ppo).keeps

    def trainer(self) -> Learner | ScheduleSearch:
        """What updates the state: the learner, or a search around it.

        Raises:
            ConfigurationError: as `learner`.
        """
        learner = self.learner()
        if isinstance(self.planner, NamedPlanner) and self.planner.name == SEARCH:
            return ScheduleSearch(learner, search_settings(self.planner))
        return learner

    def stand_ins(self) -> dict[str, Policy]:
        """Who decides in some copies for roles whose configuration has a `stand_in`.

        Raises:
            ConfigurationError: if nobody can.
        """
        env, learner = self._env, self.learner()
        shares = {role: learner.config_of(role).stand_in for role in env.roles}
        return {
            role: random_stand_in(env, role, share) for role, share in shares.items() if share > 0
        }

    def initial_state(self) -> TrainState:
        """Where the training starts: the same for every planner, as far as it does not act.

        Raises:
            ConfigurationError: if the policies that it starts from do not fit.
        """
        state = self._from_nothing()
        return dataclasses.replace(state, policies=state.policies | self.starting_policies())

    def starting_policies(self) -> dict[str, ActorCritic]:
        """The policies that roles start from instead of nothing.

        Raises:
            ConfigurationError: if they cannot be read or do not fit.
        """
        if self.start is None:
            return {}
        return read_policies(self._start_data(), self.abstract_state().learned, str(self.start))

    def _start_data(self) -> bytes:
        return read_start(str(self.start), self.env())

    def _from_nothing(self) -> TrainState:
        key = key_of(self.seed)
        params = self.start_params()
        return self.learner().init(key, params, self.given(), self.stand_ins())

    def abstract_state(self) -> TrainState:
        """Types and shapes of the training's state, without computing it."""
        return jax.eval_shape(self._from_nothing)

    def to_config(self) -> tuple[dict[str, Any], dict[str, bytes]]:
        """What `run.json` keeps, and copies of the user's files by path in the run folder.

        With the copies, a run means the same after the user's files have changed or moved.
        """
        files: dict[str, bytes] = {}
        economy = self.economy
        path, separator, attribute = economy.rpartition(":")
        if separator and path.endswith(".py"):
            economy = f"{_copied(pathlib.Path(path), files)}:{attribute}"
        options = {
            name: _copied(pathlib.Path(value), files) if _is_file(value) else value
            for name, value in self.options.items()
        }
        start = self.start
        if start is not None:
            start = f"{_INPUTS}/{_START}"
            files[start] = self._start_data()
        config = {
            "economy": economy,
            "options": options,
            "planner": None if self.planner is None else dataclasses.asdict(self.planner),
            "ppo": dataclasses.asdict(self.ppo),
            "own_ppo": {role: dataclasses.asdict(ppo) for role, ppo in self.own_ppo.items()},
            "start": start,
            "curriculum": dict(self.curriculum),
            "seed": self.seed,
            "steps": self.steps,
        }
        if self.prior is not None:
            config["prior"] = dict(self.prior)
        if self.params:
            config["params"] = dict(self.params)
        return config, files

    @classmethod
    def from_folder(cls, folder: RunFolder) -> "Recipe":
        """The recipe of a run; raises as `from_config`."""
        folder.check_inputs()
        _check_inside(folder)
        registry.guard(folder.path, check_trusted)
        rules = folder.provenance.get("rules")
        return cls.from_config(folder.config, rules, "run", str(folder.path), folder.path)

    @classmethod
    def from_config(
        cls,
        config: Mapping[str, Any],
        rules: str | None,
        argument: str,
        shown: str,
        folder: pathlib.Path | None = None,
    ) -> "Recipe":
        """The recipe that `to_config` described.

        Args:
            config: the description.
            rules: of the economy at that time, if they were kept.
            argument: what the user knows it as, for errors.
            shown: its value, for errors.
            folder: where copies of the user's files are.

        Raises:
            ConfigurationError: if the configuration is not one, or the rules of the economy
                have changed since.
        """
        # Runs without a prior or params of their own say nothing of them, as before there were any.
        config = {"prior": None, "params": {}, **config}
        own = folder is None and ".py:" in str(config.get("economy"))
        require(not own, argument, shown, "one of an economy that comes with Solon")
        names = {field.name for field in dataclasses.fields(cls)}
        allowed = f"one of solon train (its config has not exactly {', '.join(sorted(names))})"
        if set(config) != names:
            raise DamageError(argument, shown, allowed)
        try:
            if folder is not None:
                config["economy"] = _located(config["economy"], folder)
                config["options"] = {
                    name: _located(value, folder) for name, value in config["options"].items()
                }
                config["start"] = _located(config["start"], folder)
            if config["planner"] is not None:
                config["planner"] = planner_from_config(config["planner"])
            config["ppo"] = PPO(**as_tuples(config["ppo"]))
            config["own_ppo"] = {
                role: PPO(**as_tuples(own)) for role, own in config["own_ppo"].items()
            }
            for name in ("curriculum", "params"):
                value = config[name]
                require(isinstance(value, Mapping), name, value, "values by param")
            recipe = cls(**config)
            recipe.worlds()
            recipe.start_params()
        except ConfigurationError as error:
            allowed = f"one with a whole configuration (its config has {error})"
            raise DamageError(argument, shown, allowed) from None
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            allowed = f"one with a whole configuration ({type(error).__name__}: {error})"
            raise DamageError(argument, shown, allowed) from None
        now = recipe.env().rules
        require(rules in (None, now), argument, shown, f"one under {now} (this is under {rules})")
        return recipe


class Trained(NamedTuple):
    """A run with what it has learned.

    Attributes:
        recipe: how it was made.
        env: its economy.
        state: of the learner, from the newest checkpoint.
        environment_steps: how many it has seen.
    """

    recipe: Recipe
    env: Environment
    state: TrainState
    environment_steps: int


def load_trained(folder: RunFolder, step: int | None = None) -> Trained:
    """Read the newest checkpoint of a run, or the one at `step`.

    Raises:
        ConfigurationError: if there is none that is whole and belongs to the configuration.
    """
    recipe = Recipe.from_folder(folder)
    restored = checkpoint.restore(folder.path / CHECKPOINTS, recipe.abstract_state(), step)
    return Trained(recipe, recipe.env(), restored.state, restored.step)


def _is_file(value: Any) -> bool:
    looks_like_one = isinstance(value, str) and ("/" in value or pathlib.Path(value).suffix != "")
    return looks_like_one and os.path.isfile(value)


def _copied(path: pathlib.Path, files: dict[str, bytes]) -> str:
    """Put a copy of a user's file among `files`; returns where it will be in the run folder."""
    try:
        content = bytes_of(path)
    except UnreadableError as error:
        raise ConfigurationError("file", str(path), f"one to read ({error})") from None
    place = f"{_INPUTS}/{path.name}"
    taken = place in files and files[place] != content
    require(not taken, "file", str(path), f"a name that no other input has ({path.name})")
    files[place] = content
    return place


def _check_inside(folder: RunFolder) -> None:
    """Raise `ConfigurationError` if a configuration leads to a file that the run did not copy."""
    shown, root = str(folder.path), folder.path.resolve()
    config = folder.config
    options = config.get("options")
    economy = config.get("economy")
    path, separator, _ = str(economy).rpartition(":")
    named = {**(options if isinstance(options, dict) else {}), "start": config.get("start")}
    if separator and path.endswith(".py"):
        named["economy"] = path
    for name, value in named.items():
        if not isinstance(value, str):
            continue
        copied = value.startswith(f"{_INPUTS}/")
        inside = copied and (root / value).resolve().is_relative_to(root / _INPUTS)
        needed = name in ("economy", "start") or copied or _is_file(value)
        allowed = f"a run folder that names only files in its {_INPUTS} (its {name} is {value})"
        require(inside or not needed, "run", shown, allowed)


def _located(value: Any, folder: pathlib.Path) -> Any:
    """The inverse: the path of a copy as seen from here."""
    inside = isinstance(value, str) and value.startswith(f"{_INPUTS}/")
    return str(folder / value) if inside else value
