"""Whole levels near real ones, with pauses between changes."""

import numpy as np
from jaxtyping import Float, Int

from ....errors import require_whole

__all__ = ["keeps_pause", "nearest_levels"]


def nearest_levels(
    wanted: Float[np.ndarray, "periods states"],
    given: Int[np.ndarray, " states"],
    *,
    pause: int,
    highest: int = 10,
) -> Int[np.ndarray, "periods states"]:
    """The whole levels with the smallest sum of squared distances from real ones.

    Found exactly, by dynamic programming over periods for each state. What is kept there is the
    level and for how many periods it has been in force.

    Args:
        wanted: real levels.
        given: levels before the first period. They may be changed in it.
        pause: periods from one change to the next, at least.
        highest: level that may be set; the lowest is 1. A given one above it is changed at once.

    Raises:
        ConfigurationError: for a pause or a highest level that is not allowed.
    """
    pause = require_whole("pause", pause, low=1, high=10**6)
    highest = require_whole("highest", highest, low=1, high=10)
    periods, states = wanted.shape
    # A level that has been in force for longer than the episode may as well be changed.
    ages = min(pause, periods + 1)
    levels, place = np.arange(1, highest + 1), np.arange(states)
    # cost[a, l, i]: least sum so far with level l + 1 in force for a + 1 periods, or longer if
    # a is the last. Before the first period, the given level is free to be changed.
    before = np.full((ages, 10, states), np.inf)
    before[-1, given - 1, place] = 0
    came_from = np.zeros((periods, ages, highest, states), int)  # level before, 0 to 9
    age_before = np.zeros((periods, ages, highest, states), int)
    for k in range(periods):
        cost = np.full((ages, 10, states), np.inf)
        free = before[-1].argmin(axis=0)
        cost[0, :highest] = before[-1].min(axis=0)
        came_from[k, 0], age_before[k, 0] = free, ages - 1
        for age in range(ages):
            # Keeping the level; of those who are free, both the newly free and the old hands.
            older = min(age + 1, ages - 1)
            kept = before[age, :highest]
            better = kept < cost[older, :highest]
            cost[older, :highest] = np.where(better, kept, cost[older, :highest])
            own = np.broadcast_to(np.arange(highest)[:, None], better.shape)
            came_from[k, older] = np.where(better, own, came_from[k, older])
            age_before[k, older] = np.where(better, age, age_before[k, older])
        distance = (levels[:, None] - wanted[k][None]) ** 2
        cost[:, :highest] += distance[None]
        before = cost
    found = np.zeros((periods, states), int)
    age, level = np.divmod(before[:, :highest].reshape(-1, states).argmin(axis=0), highest)
    for k in reversed(range(periods)):
        found[k] = level + 1
        age, level = age_before[k, age, level, place], came_from[k, age, level, place]
    return found


def keeps_pause(
    levels: Int[np.ndarray, "periods states"], given: Int[np.ndarray, " states"], pause: int
) -> np.ndarray:
    """Whether each state lets at least as many periods pass between changes; bool, by state."""
    changed = np.diff(levels, axis=0, prepend=given[None]) != 0
    before = np.cumsum(np.pad(changed, ((1, 0), (0, 0))), axis=0)
    last = len(levels)
    windows = [before[min(k + pause, last)] - before[k] for k in range(last)]
    return np.asarray((np.array(windows) <= 1).all(axis=0))
