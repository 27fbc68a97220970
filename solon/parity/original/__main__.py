"""Plays the original on request: `build` an environment, then `play` steps of it."""

import os
import sys
import warnings
from typing import IO, Any

import numpy as np

from . import frames
from .chooser import Chooser
from .draws import Draws
from .framework import import_original
from .snapshot import exact_observations, facts, snapshot

# How often the original's metrics are asked for: it goes over the whole episode for them.
_METRICS_EVERY = 10


class _Player:
    """One environment, played at random."""

    def __init__(self, foundation: Any, draws: Draws, request: "dict[str, Any]") -> None:
        options = dict(request["configuration"])
        name = options.pop("scenario_name")
        np.random.seed(request["seed"])  # noqa: NPY002
        self.environment = foundation.make_env_instance(name, **options)
        # A seed in the configuration has set the generator by now.
        np.random.seed(request["seed"])  # noqa: NPY002
        exact_observations(self.environment)
        draws.watch(self.environment)
        self._draws = draws
        world = self.environment.world
        generator = np.random.RandomState(request["seed"])
        self._choosers = {
            str(agent.idx): Chooser(agent, generator, request["invalid"])
            for agent in [*world.agents, world.planner]
        }
        self._observations: Any = None

    def play(self, steps: int, *, reset: bool) -> "tuple[dict[str, Any], dict[str, Any]]":
        self._draws.take()
        rows, actions, gathered = [], [], []
        if reset:
            self._draws.step = -1
            self._observations = self.environment.reset()
            rows.append(self._row(None, False))
        for step in range(steps):
            self._draws.step = step
            taken = {i: choose(self._mask(i)) for i, choose in self._choosers.items()}
            actions.append(self._as_arrays(taken))
            given = {i: a.tolist() for i, a in taken.items() if a is not None}
            self._observations, rewards, done, _ = self.environment.step(given)
            rows.append(self._row(rewards, done["__all__"]))
            gather = self.environment._components_dict.get("Gather")
            if gather is not None:
                gathered += [(step, event["agent"]) for event in gather.gathers[-1]]
        where, values = self._draws.take()
        arrays = _stacked(rows)
        arrays.update({f"action.{role}": np.stack([a[role] for a in actions]) for role in
                       ("worker", "planner")})  # fmt: skip
        arrays["gathered"] = np.array(gathered, int).reshape(-1, 2)
        arrays["draws"] = values
        return {"draws": where, "completed": self.environment._completions}, arrays

    def _mask(self, index: str) -> np.ndarray:
        mask = self._observations[index]["action_mask"]
        if isinstance(mask, dict):
            mask = self.environment.get_agent(index).flatten_masks(mask)
        return np.array(mask)

    def _as_arrays(self, taken: "dict[str, Any]") -> "dict[str, np.ndarray]":
        def full(index: str) -> np.ndarray:
            if taken[index] is not None:
                return np.asarray(taken[index])
            chooser = self._choosers[index]
            return np.zeros(len(chooser._choices) if chooser.several else (), int)

        workers = [str(agent.idx) for agent in self.environment.world.agents]
        return {"worker": np.stack([full(i) for i in workers]), "planner": full("p")[None]}

    def _row(self, rewards: Any, done: bool) -> "dict[str, Any]":
        environment, metrics = self.environment, None
        if done:
            # Asked for afterwards, they would count the episode that has just ended.
            metrics = environment.previous_episode_metrics
        elif environment.world.timestep % _METRICS_EVERY == 0:
            metrics = environment.metrics
        return snapshot(environment, self._observations, rewards, done, metrics)


def _stacked(rows: "list[dict[str, Any]]") -> "dict[str, np.ndarray]":
    """One array a name, with the steps in front; not a number where there was none."""
    result = {}
    for name in dict.fromkeys(name for row in rows for name in row):
        one = next(np.asarray(row[name]) for row in rows if name in row)
        absent = np.full(one.shape, np.nan) if name.startswith("metric.") else None
        result[name] = np.stack([np.asarray(row.get(name, absent)) for row in rows])
    return result


def _answer(foundation: Any, draws: Draws, pipe: "IO[bytes]") -> None:
    player: _Player | None = None
    while (message := frames.read(sys.stdin.buffer)) is not None:
        request, _ = message
        try:
            if request["command"] == "build":
                player = _Player(foundation, draws, request)
                frames.write(pipe, facts(player.environment), {})
            else:
                assert player is not None
                header, arrays = player.play(request["steps"], reset=request["reset"])
                frames.write(pipe, header, arrays)
        except Exception as error:
            text = " ".join(f"{type(error).__name__}: {error}".split())
            frames.write(pipe, {"error": text.removesuffix(": ")}, {})


def main() -> None:
    """Answer requests on standard input until it ends."""
    # What the original prints must not get between the answers.
    pipe = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    warnings.filterwarnings("ignore")
    draws = Draws()
    _answer(import_original(), draws, pipe)


if __name__ == "__main__":
    main()
