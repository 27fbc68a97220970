"""A recipe: all that is needed to make a training, or to make it again from its run folder."""

import dataclasses
import functools
import pathlib
from collections.abc import Mapping
from typing import Any, NamedTuple

import jax

from .. import registry
from .._plain import plain_fields
from ..agents import ActorCritic
from ..environment import Environment
from ..errors import require, require_whole
from ..learning import PPO, Learner, Prior, TrainState
from ..learning.algorithm import Algorithm
from ..learning.params import given_params
from ..learning.shards import MOST_SHARDS, device_mesh
from ..learning.update import Given
from ..luck import key_of
from ..policy import Policy
from . import checkpoint
from .algorithms import build_algorithm
from .curriculum import Curriculum
from .folder import CHECKPOINTS, RunFolder
from .named import NamedAlgorithm, NamedPolicy, is_own
from .policies import build_policy, maker_of
from .recipe_config import arguments_of, check_inside, config_of, damage
from .schedules import RANDOM, NamedSchedule
from .start import read_policies, read_start
from .trust import check_trusted
from .values import as_tuples

__all__ = ["Recipe", "Trained", "load_trained"]

_MOST_STEPS = 2**31 - 1
"""The learner counts environment steps in 32 bits."""

_LAYOUT = "layout"
"""The option of an economy that a prior with layouts takes the place of."""


@dataclasses.dataclass(frozen=True)
class Recipe:
    """A training: economy, who decides for each role, luck and length.

    Attributes:
        economy: a name that `solon.make` knows, or `FILE.py:NAME`.
        options: of the economy.
        policies: role -> what drives it; the other roles learn.
        ppo: the algorithm of the roles that have none of their own.
        own_ppo: role -> settings of its own.
        algorithms: role -> an algorithm of the user's own.
        start: a run, a file with its policies, or a name of the zoo, that those who learn start
            from.
        curriculum: param of the economy -> schedule over environment steps.
        prior: what `Prior.of` takes, if episodes draw their worlds.
        params: place of a param (names joined by dots) -> its value, where it is not the usual one.
        seed: of all luck.
        steps: environment steps, all copies together.
        shards: parts of the copies that devices may share out; see `Learner`.
    """

    economy: str
    options: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    policies: Mapping[str, NamedSchedule | NamedPolicy] = dataclasses.field(default_factory=dict)
    ppo: PPO = dataclasses.field(default_factory=PPO)
    own_ppo: Mapping[str, PPO] = dataclasses.field(default_factory=dict)
    algorithms: Mapping[str, NamedAlgorithm] = dataclasses.field(default_factory=dict)
    start: str | None = None
    curriculum: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    prior: Mapping[str, Any] | None = None
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    seed: int = 0
    steps: int = 1_000_000
    shards: int = 1

    def __post_init__(self):
        plain_fields(self)
        count = type(self.steps) is int and 1 <= self.steps <= _MOST_STEPS
        require(count, "steps", self.steps, f"an integer from 1 to {_MOST_STEPS}")
        seed = type(self.seed) is int and 0 <= self.seed < 2**32
        require(seed, "seed", self.seed, "an integer from 0 to 4294967295")
        require_whole("shards", self.shards, low=1, high=MOST_SHARDS)

    @property
    def planner(self) -> NamedSchedule | NamedPolicy | None:
        """What drives the role `planner`; None if it learns, or there is none."""
        return self.policies.get("planner")

    @property
    def code(self) -> tuple[str, ...]:
        """What it runs of the user's own: `FILE.py:NAME`, each once."""
        named = (*self.policies.values(), *self.algorithms.values())
        names = (self.economy, *(one.name for one in named))
        return tuple(dict.fromkeys(name for name in names if is_own(name)))

    def env(self) -> Environment:
        """The economy.

        Raises:
            ConfigurationError: if there is no such economy, or an option is not allowed.
            EconomyError: if a user's file cannot be imported, or its economy is none.
        """
        return self._viewed

    @functools.cached_property
    def _viewed(self) -> Environment:
        """The economy, on the layouts of the prior and with what that shows to roles."""
        worlds = self.worlds()
        if worlds is None:
            return self._env
        allowed = "nothing, where a prior draws layouts"
        fixed = _LAYOUT in self.options and bool(worlds.layouts)
        require(not fixed, _LAYOUT, self.options.get(_LAYOUT), allowed)
        return worlds.view(self._env)

    @property
    def plain_env(self) -> Environment:
        """The economy without what the prior adds to it: its layouts, and what it shows."""
        return self._env

    @functools.cached_property
    def _env(self) -> Environment:
        return registry.build(self.economy, as_tuples(self.options))

    def start_params(self) -> Any:
        """The economy's params, where no curriculum or prior says otherwise.

        Raises:
            ConfigurationError: if the economy has no such params, or a value is not of their kind.
        """
        return given_params(self._env.default_params(), self.params, self._env.param_bounds())

    def given(self) -> dict[str, Policy]:
        """The policies of the roles that do not learn.

        Raises:
            ConfigurationError: if one does not fit the economy.
            EconomyError: if a class of the user's own fails.
        """
        return {role: build_policy(named, role, self._env) for role, named in self.policies.items()}

    def learner(self, devices: int = 1) -> Learner:
        """The learner.

        Args:
            devices: of this machine, among which copies of the economy are shared out.

        Raises:
            ConfigurationError: if its sizes do not fit the economy.
        """
        env = self.env()
        planned = self.given()
        learning = tuple(role for role in env.roles if role not in planned)
        driven = ", ".join(planned)
        require(bool(learning), "policy", driven, "policies that leave a role to learn")
        own = {**self.own_ppo, **{role: self.algorithm_of(role) for role in self.algorithms}}
        settings: dict[str, Any] = {"learn": learning, "own_configs": tuple(own.items())}
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
            settings["curriculum"] = Curriculum.of(
                self.curriculum, env.default_params(), self._env.param_bounds()
            )
        settings |= {"shards": self.shards, "mesh": device_mesh(devices)}
        learner = Learner(env, self.ppo, **settings)
        update = learner.steps_per_update
        allowed = f"fewer: an update may have {_MOST_STEPS} steps, and has {update}"
        require(update <= _MOST_STEPS, "environments", self.ppo.environments, allowed)
        allowed = f"at most {_MOST_STEPS - update}, as the last update may go past it"
        require(self.steps <= _MOST_STEPS - update, "steps", self.steps, allowed)
        return learner

    def worlds(self) -> Prior | None:
        """What draws a world for each episode; None if nothing is drawn.

        Raises:
            ConfigurationError: if the economy has nothing of the kind.
        """
        return self._worlds

    @functools.cached_property
    def _worlds(self) -> Prior | None:
        """Read once, as files of layouts may change."""
        return None if self.prior is None else Prior.of(self.prior, self._env)

    def algorithm_of(self, role: str) -> Algorithm:
        """What a role learns by.

        Raises:
            ConfigurationError: if an algorithm of the user's own does not take its settings.
            EconomyError: if that fails.
        """
        if role in self.algorithms:
            return build_algorithm(self.algorithms[role], role, self.ppo)
        return self.own_ppo.get(role, self.ppo)

    def keeps(self, role: str) -> bool:
        """Whether the policy of a role that could learn stays as it is."""
        return self.algorithm_of(role).keeps

    def trainer(self, devices: int = 1) -> Any:
        """What updates the state: the learner, or what a policy puts around it, as a search.

        Args:
            devices: see `learner`.

        Raises:
            ConfigurationError: as `learner`.
        """
        trainer: Any = self.learner(devices)
        for named in self.policies.values():
            if isinstance(named, NamedPolicy) and not is_own(named.name):
                trainer = maker_of(named.name).trainer(named, trainer)
        return trainer

    def stand_ins(self) -> dict[str, Policy]:
        """Who decides in some copies for roles whose configuration has a `stand_in`.

        Raises:
            ConfigurationError: if nobody can.
        """
        env, learner = self._env, self.learner()
        shares = {role: learner.config_of(role).stand_in for role in env.roles}
        return {
            role: maker_of(RANDOM).stand_in(role, env, share)
            for role, share in shares.items()
            if share > 0
        }

    def initial_state(
        self, devices: int = 1, *, learner: Learner | None = None, given: Given | None = None
    ) -> TrainState:
        """Where the training starts: the same whatever drives the roles that do not learn.

        Args:
            devices: see `learner`.
            learner: in the place of its own, see `solon.learning.one_program`.
            given: coefficients in the place of those of that learner.

        Raises:
            ConfigurationError: if the policies that it starts from do not fit.
        """
        state = self._from_nothing(devices, learner, given)
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

    def _from_nothing(
        self, devices: int = 1, learner: Learner | None = None, given: Given | None = None
    ) -> TrainState:
        key = key_of(self.seed)
        params = self.start_params()
        learner = learner or self.learner(devices)
        return learner.init(key, params, self.given(), self.stand_ins(), given)

    def abstract_state(self) -> TrainState:
        """Types and shapes of the training's state, without computing it."""
        return jax.eval_shape(self._from_nothing)

    def to_config(self) -> tuple[dict[str, Any], dict[str, bytes]]:
        """What `run.json` keeps, and copies of the user's files by path in the run folder.

        With the copies, a run means the same after the user's files have changed or moved.
        """
        return config_of(self, None if self.start is None else self._start_data())

    @classmethod
    def from_folder(cls, folder: RunFolder) -> "Recipe":
        """The recipe of a run; raises as `from_config`."""
        folder.check_inputs()
        check_inside(folder)
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
        fields = frozenset(field.name for field in dataclasses.fields(cls))
        with damage(argument, shown):
            recipe = cls(**arguments_of(config, fields, argument, shown, folder))
        # Whether its code may run is no damage.
        recipe._env  # noqa: B018
        with damage(argument, shown):
            recipe.worlds()
            recipe.start_params()
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
