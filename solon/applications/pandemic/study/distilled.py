"""The best policy of the pandemic study as a rule that people can remember."""

import pathlib
from collections.abc import Mapping
from typing import Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ....luck import key_of
from ....policy import Policy
from ....runs.atomic import write_file
from ..policies.files import PandemicPolicy
from ..policies.log_linear_rule import LINEAR_SIGNALS, signals
from ..policies.tree_rule import TreeRule, described, fit_tree, leaves
from ..search.welfare import mean_welfare
from .cells import POLICY, setting
from .training import REVIEW
from .visits import played

__all__ = ["Asked", "distilled"]

_ROUNDS = 8


class Asked(eqx.Module):
    """The signals of states, and the level that a teacher would have there, side by side."""

    teacher: Policy

    def __call__(self, observation: dict[str, Array]) -> Float[Array, "states signals+1"]:
        nobody = key_of(0)
        action, _ = self.teacher.act(self.teacher.init(nobody), observation, nobody)
        level = jnp.where(action > 0, action, 10 * observation["stringency"][:, 0])
        return jnp.concatenate([signals(observation), level[:, None].astype(float)], axis=1)


def distilled(
    config: Mapping[str, Any], teacher: PandemicPolicy, folder: pathlib.Path
) -> dict[str, Any]:
    """A tree of at most eight levels that follows a policy.

    The first is fitted where the policy goes. A tree that errs comes to where its teacher never
    was; so the teacher is asked there, too, and the next tree is fitted to all of it (dataset
    aggregation, Ross, Gordon and Bagnell 2011). The tree with the highest welfare is kept.
    """
    import yaml

    env, draws = setting(config, folder)
    governor, planner = teacher.governor, teacher.planner
    assert governor is not None and planner is not None
    asked = Asked(governor)
    score = eqx.filter_jit(mean_welfare)

    def visited(acting: Policy) -> tuple[np.ndarray, np.ndarray]:
        both = np.asarray(played(env, acting, planner, draws, asked)[0][:, ::REVIEW], float)
        rows = both.reshape(-1, both.shape[-1])
        return rows[:, :-1], np.round(rows[:, -1]).astype(int)

    own = visited(governor)
    found, rounds = [own], []
    for _ in range(_ROUNDS):
        seen, levels = (np.concatenate(parts) for parts in zip(*found, strict=True))
        tree = fit_tree(seen, levels)
        rule = TreeRule(tree, horizon=env.horizon, review=REVIEW)
        rounds.append((float(score(env, rule, planner, draws)), tree, rule))
        found.append(visited(rule))
    welfare, tree, rule = max(rounds, key=lambda one: one[0])
    seen, exact = own
    followed = np.asarray(rule.act((), _shown(seen), key_of(0))[0])
    error = exact - followed
    content = {"tree": described(tree), "review": REVIEW}
    write_file(folder / POLICY, yaml.safe_dump(content, sort_keys=False).encode())
    return {
        "teacher": teacher.name,
        "leaves": leaves(tree),
        "content": content,
        "same_level": float((error == 0).mean()),
        "within_one": float((np.abs(error) <= 1).mean()),
        "r_squared": float(1 - (error**2).sum() / ((exact - exact.mean()) ** 2).sum()),
        "teacher_welfare": float(score(env, governor, planner, draws)),
        "welfare": welfare,
        "rounds": [one[0] for one in rounds],
    }


def _shown(seen: Float[np.ndarray, "rows signals"]) -> dict[str, Array]:
    """Observations of a review day on which everybody may act, with these signals."""
    assert seen.shape[1] == len(LINEAR_SIGNALS)
    n = len(seen)
    persons = np.zeros((n, 6))
    persons[:, 0], persons[:, 1] = seen[:, 0], seen[:, 1] / 100
    persons[:, 4], persons[:, 5] = seen[:, 3], seen[:, 4] / 10
    return {
        "persons": jnp.asarray(persons, float),
        # No level is 0, so that the wanted one is always handed in.
        "stringency": jnp.zeros((n, 1)),
        "lagged_stringency": jnp.asarray(seen[:, 5:6], float),
        "vaccination": jnp.asarray(seen[:, 6:7], float),
        "time": jnp.zeros((n, 1)),
        "action_mask": jnp.ones((n, 11), bool),
    }
