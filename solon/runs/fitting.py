"""A learner's sizes made to fit an economy's horizon, where the user left them open."""

import dataclasses
from collections.abc import Collection

from ..learning.config import PPO

__all__ = ["fitted"]


def fitted(ppo: PPO, horizon: int, given: Collection[str] = (), shards: int = 1) -> PPO:
    """Adapt `unroll`, `environments` and `minibatches`, as little as is needed.

    An update consists of whole episodes or of whole parts of episodes: see `PPO.unroll`.

    Args:
        ppo: the sizes that are wanted.
        horizon: steps in an episode.
        given: names of sizes that the user chose; these stay, fitting or not.
        shards: parts of the copies, which are to be alike.
    """
    unroll = ppo.unroll
    if "unroll" not in given:
        unroll = _near_unroll(ppo.unroll, horizon)
    groups = max(1, horizon // unroll) * shards
    environments = ppo.environments
    if "environments" not in given:
        environments = max(1, round(ppo.environments / groups)) * groups
    minibatches = ppo.minibatches
    if "minibatches" not in given:
        pieces = environments * max(1, unroll // horizon)
        minibatches = _largest_divisor(max(1, pieces // shards), ppo.minibatches)
    return dataclasses.replace(
        ppo, unroll=unroll, environments=environments, minibatches=minibatches
    )


def _near_unroll(unroll: int, horizon: int) -> int:
    if horizon <= unroll:
        return unroll // horizon * horizon
    divisor = _largest_divisor(horizon, unroll)
    # A horizon without fitting parts is taken whole.
    return divisor if 2 * divisor > unroll else horizon


def _largest_divisor(number: int, limit: int) -> int:
    return next(k for k in range(min(number, limit), 0, -1) if number % k == 0)
