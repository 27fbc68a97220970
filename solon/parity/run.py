"""Episode after episode of the original, and the same episodes of Solon."""

import dataclasses
import pathlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import jax
import numpy as np

from ..economies.gather_trade_build.economy import GatherTradeBuild
from . import luck
from .compare import Difference, first_difference
from .match import Match
from .process import Original
from .replica import Replica, joined

__all__ = ["Recording", "Summary", "compare_recordings", "run"]

# Steps that the original plays, and Solon after it, in one go.
_AT_ONCE = 250


@dataclasses.dataclass(frozen=True)
class Recording:
    """Some steps of the original, with all that Solon needs to play them, too.

    Attributes:
        facts: numbers that the original has computed when it was built.
        completed: episodes before this one.
        first_step: steps of the episode before these; if 0, the start is included.
        world: luck of the start, if that is included.
        shocks: luck of the steps, which are the leading axis.
        random_rates: luck of Saez's planner, likewise; no rates without it.
        actions: by role.
        seen: what is compared, by name, with the steps (and the start) as the leading axis.
    """

    facts: Mapping[str, Any]
    completed: int
    first_step: int
    world: Mapping[str, np.ndarray]
    shocks: Mapping[str, np.ndarray]
    random_rates: np.ndarray
    actions: Mapping[str, np.ndarray]
    seen: Mapping[str, np.ndarray]


@dataclasses.dataclass(frozen=True)
class Summary:
    """What a comparison came to.

    Attributes:
        steps: compared ones, starts of episodes not counted.
        episodes: begun ones.
        values: numbers compared.
        difference: the first one, and the episode it is in (from 0), or None.
    """

    steps: int
    episodes: int
    values: int
    difference: tuple[int, Difference] | None


def run(
    match: Match,
    python: pathlib.Path,
    *,
    seed: int,
    steps: int,
    invalid: float = 0.1,
    keep: Callable[[Recording], None] | None = None,
) -> Summary:
    """Let both play, and compare until the first difference.

    Args:
        match: the configuration.
        python: the original's interpreter.
        seed: of the original's luck and of the actions.
        steps: how many; episodes follow each other until then.
        invalid: share of actions that are chosen without regard to the mask.
        keep: is called with every recording.
    """
    with Original(python) as original, jax.enable_x64(True):
        facts = original.build(match.configuration, seed=seed, invalid=invalid)
        match.check(facts)
        comparison = _Comparison(match)
        for recording in _recordings(match, original, facts, steps):
            if keep is not None:
                keep(recording)
            comparison.add(recording)
            if comparison.difference is not None:
                break
        return comparison.summary()


def compare_recordings(match: Match, recordings: list[Recording]) -> Summary:
    """Let Solon play what the original has been recorded to play, and compare."""
    with jax.enable_x64(True):
        comparison = _Comparison(match)
        for recording in recordings:
            comparison.add(recording)
            if comparison.difference is not None:
                break
        return comparison.summary()


def _recordings(
    match: Match, original: Original, facts: Mapping[str, Any], steps: int
) -> Iterator[Recording]:
    """Recordings of `steps` steps; the original plays on while they are looked at."""
    horizon = match.economy.horizon
    plan, left, done = [], steps, 0
    while left > 0:
        count = min(_AT_ONCE, left, horizon - done)
        plan.append((done, count))
        left, done = left - count, (done + count) % horizon
    completed, source = 0, np.empty(0)
    for place, (first, count) in enumerate(plan):
        if place == 0:
            original.ask(count, reset=True)
        header, arrays = original.answer()
        if place + 1 < len(plan):
            original.ask(plan[place + 1][1], reset=plan[place + 1][0] == 0)
        draws = luck.Draws(header["draws"], arrays.pop("draws"))
        gathered = arrays.pop("gathered")
        world: Mapping[str, np.ndarray] = {}
        brackets = len(facts["cutoffs"]) if match.tax is not None and match.tax.saez else 0
        if first == 0 and isinstance(match.economy, GatherTradeBuild):
            kinds = {"stone": "StoneSourceBlock", "wood": "WoodSourceBlock"}
            maps = {good: arrays[f"map.{name}"][0] for good, name in kinds.items()}
            world = luck.world(match.economy, draws, maps)
            source = world.get("source", getattr(match.economy.layout, "source", source))
        yield Recording(
            facts=facts,
            completed=completed,
            first_step=first,
            world=world,
            shocks=luck.shocks(match.economy, draws, source, gathered, count),
            random_rates=luck.random_rates(draws, brackets, count),
            actions={role: arrays.pop(f"action.{role}") for role in ("worker", "planner")},
            seen=arrays,
        )
        completed = header["completed"]


class _Comparison:
    """Counts what is compared."""

    def __init__(self, match: Match):
        self._match = match
        self._replica: Replica | None = None
        self._steps = self._episodes = self._values = 0
        self.difference: tuple[int, Difference] | None = None

    def add(self, recording: Recording) -> None:
        count = len(recording.actions["worker"])
        starts = recording.first_step == 0
        if self._replica is None:
            most = min(_AT_ONCE, self._match.economy.horizon)
            names = set(recording.seen)
            self._replica = Replica(self._match, recording.facts, names, most)
        before = self._replica.start(recording.world, recording.completed) if starts else None
        after = {name: values[-count:] for name, values in recording.seen.items()}
        seen = self._replica.play(
            recording.actions, recording.shocks, recording.random_rates, after
        )
        if before is not None:
            seen = joined(before, seen)
            self._episodes += 1
        first = recording.first_step + (0 if starts else 1)
        found = first_difference(recording.seen, seen, first_step=first)
        if found is not None:
            self.difference = (self._episodes - 1, found)
            count = max(0, found.step - recording.first_step - 1)
        self._steps += count
        self._values += sum(array.size for array in recording.seen.values())

    def summary(self) -> Summary:
        return Summary(
            steps=self._steps,
            episodes=self._episodes,
            values=self._values,
            difference=self.difference,
        )
