"""Everyone who acts in an economy, as a training left them."""

import dataclasses
from collections.abc import Mapping
from typing import Any, cast

import jax
import jax.numpy as jnp

from ..agents import ActorCritic
from ..environment import Environment
from ..learning.prior import Prior
from ..learning.shown import ShownParams, bare
from ..luck import check_settings
from ..policy import Policy
from .folder import RunFolder
from .policies import build_policy
from .recipe import Recipe, load_trained
from .schedules import LEARNED, NamedSchedule, on_brackets

__all__ = ["TAX", "Players", "players_of", "regime_of", "under_schedule"]

TAX = "periodic-bracket-tax"


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class Players:
    """Everyone who acts in an economy, ready for `solon.learning.play`.

    Attributes:
        recipe: of the training that they come from.
        env: the economy.
        params: its numbers, at full labor cost.
        policies: one a role.
        learning: the roles whose policies were learned in the training.
        memories: what the other policies remember when an episode begins, by role, with a leading
            axis for copies of the economy, which episodes take in turn.
        regime: what people call it.
        steps: environment steps of the training.
        prior: of which episodes draw params; that of the training, unless one means otherwise.
    """

    recipe: Recipe
    env: Environment
    params: Any
    policies: Mapping[str, Policy]
    learning: tuple[str, ...]
    memories: Mapping[str, Any]
    regime: str
    steps: int
    prior: Prior | None = None

    @property
    def learned(self) -> dict[str, ActorCritic]:
        """The policies that were learned."""
        return {role: cast(ActorCritic, self.policies[role]) for role in self.learning}

    @property
    def given(self) -> dict[str, Policy]:
        """The policies that were not."""
        return {name: p for name, p in self.policies.items() if name not in self.learning}


def players_of(folder: RunFolder) -> Players:
    """The newest policies of a run.

    Raises:
        ConfigurationError: if there is no checkpoint that is whole and belongs to the run, or the
            run was made under other settings of jax.
    """
    check_settings(folder.provenance, "run", str(folder.path))
    recipe, env, state, steps = load_trained(folder)
    learner = recipe.learner()
    return Players(
        recipe=recipe,
        env=env,
        params=state.params,
        policies=state.policies,
        learning=learner.learn,
        # What stand-ins remember ends with the training, and so does what a policy remembers of
        # copies in which another one decided.
        memories={
            role: jax.tree.map(
                lambda leaf, usual=usual: leaf[usual], state.economies.memories[role]
            )
            for role, usual in (
                (r, learner.usually(r)) for r in env.roles if r not in learner.learn
            )
        },
        regime=regime_of(recipe),
        steps=steps,
        prior=learner.prior,
    )


def regime_of(recipe: Recipe) -> str:
    """What people call it when nobody said: the planner's policy, and those of other roles."""
    # A class in a file is called by its own name.
    named = {role: policy.name.rpartition(":")[2] for role, policy in recipe.policies.items()}
    names = [name if role == "planner" else f"{role} {name}" for role, name in named.items()]
    return ", ".join(names).replace("-", " ") or LEARNED


def under_schedule(players: Players, schedule: NamedSchedule, argument: str = "planner") -> Players:
    """The same, with a fixed schedule in the place of the planner.

    Workers act as they were trained: this shows what happens before they adapt. Rates that were not
    allowed in their training are allowed here.

    Args:
        players: of an economy with a tax.
        schedule: of at most as many brackets as the economy has.
        argument: what the user knows the schedule as, for errors.

    Raises:
        ConfigurationError: if the economy has no tax, or fewer brackets.
    """
    env: Any = bare(players.env)
    params: Any = players.params
    tax: Any = getattr(env, "component", lambda name: None)(TAX)
    if tax is not None:
        schedule = on_brackets(schedule, tax.edges, argument)
        free = dataclasses.replace(tax, set_by="rates", rate_min=0.0, rate_max=1.0)
        kept = tuple(free if part is tax else part for part in env.components)
        env = dataclasses.replace(env, components=kept)
        # As many brackets, so that nothing is compiled anew.
        given = params.parts[TAX]
        cutoffs = jnp.asarray(schedule.cutoffs, given.cutoffs.dtype)
        parts = params.parts | {TAX: dataclasses.replace(given, cutoffs=cutoffs)}
        params = dataclasses.replace(params, parts=parts)
    planner = build_policy(schedule, "planner", env)
    seen = players.env
    return Players(
        recipe=players.recipe,
        env=dataclasses.replace(seen, env=env) if isinstance(seen, ShownParams) else env,
        params=params,
        policies={**players.policies, "planner": planner},
        learning=tuple(role for role in players.learning if role != "planner"),
        memories={name: m for name, m in players.memories.items() if name != "planner"},
        regime=schedule.name.replace("-", " "),
        steps=players.steps,
        prior=players.prior,
    )
