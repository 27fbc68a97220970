"""Direct search for a tax schedule while workers learn: what a learned planner has to beat."""

import dataclasses
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ...._plain import plain_fields
from ....errors import require, require_number, require_whole
from ....learning.learner import Learner
from ....learning.train_state import TrainState
from ....luck import key_of
from .candidate_schedules import CandidateSchedules
from .score_schedules import score_schedules

__all__ = ["CANDIDATES", "ScheduleSearch", "SearchSettings"]

_ROLE = "planner"
_EPISODES = 4
_LUCK = 0x5C0BE
_LIVED = 10
CANDIDATES = 12
"""Schedules in a generation."""


@dataclasses.dataclass(frozen=True)
class SearchSettings:
    """How a schedule is searched for.

    Attributes:
        generations: of candidates.
        updates: that workers learn for in a generation.
        episodes: that each candidate is scored by, all on the same luck.
        settling: updates under the schedule that was found, at the end.
        start: rate of all brackets in the middle of the first generation.
        spread: standard deviation of the first generation.
        highest: rate that is tried.
        seed: of the search.
    """

    generations: int = 10
    updates: int = 10
    episodes: int = _EPISODES
    settling: int = 20
    start: float = 0.2
    spread: float = 0.1
    highest: float = 1.0
    seed: int = 0

    def __post_init__(self):
        plain_fields(self)
        require_whole("generations", self.generations, low=1, high=10_000)
        require_whole("updates", self.updates, low=1, high=10**6)
        require_whole("episodes", self.episodes, low=1, high=10**4)
        require_whole("settling", self.settling, low=0, high=10**9)
        require_number("highest", self.highest, low=0, high=1, above=True)
        require_number("start", self.start, low=0, high=self.highest)
        require_number("spread", self.spread, low=0, high=1, above=True)

    @classmethod
    def within(cls, steps: int, update: int, round_: int, horizon: int) -> "SearchSettings":
        """A search that, with the steps it spends on scores, takes as long as a training.

        Three quarters of the steps go to the search, and the rest to settling.

        Args:
            steps: environment steps in all.
            update: environment steps of an update.
            round_: updates until each copy has begun a new episode.
            horizon: steps of an episode.
        """
        scoring = CANDIDATES * _EPISODES * horizon
        # Workers live ten episodes under each candidate; and after a round and a half at least, as
        # only then most copies have lived under the new ones for an episode.
        lived = -(-_LIVED * CANDIDATES * horizon // update)
        updates = max(lived, -(-3 * round_ // 2))
        generations = max(1, 3 * steps // 4 // (updates * update + scoring))
        left = steps - generations * (updates * update + scoring)
        return cls(generations, updates, settling=max(round_, left // update))

    @property
    def training_updates(self) -> int:
        """All updates of the learner."""
        return self.generations * self.updates + self.settling

    def steps(self, update: int, horizon: int) -> int:
        """Environment steps of the updates and of the scores; arguments as those of `within`."""
        scoring = self.generations * CANDIDATES * self.episodes * horizon
        return self.training_updates * update + scoring


class ScheduleSearch:
    """Updates a learner, and between updates searches for rates by CMA-ES.

    A generation draws candidates around the best that is known. Copies of the economy live under
    different candidates, so that workers learn an answer to each; after some updates all candidates
    are scored with the workers as they are then, on the same luck, and the next generation is
    drawn. The search narrows while workers follow it. At the end the middle of the last
    generation stays, and workers settle down under it.

    Args:
        learner: in whose economy a `CandidateSchedules` drives the role `planner`.
        settings: of the search.

    Source:
        Hansen and Ostermeier (2001), Completely derandomized self-adaptation in evolution
        strategies, Evolutionary Computation 9; the package `cmaes` of Nomura and Shibata (2024).
    """

    def __init__(self, learner: Learner, settings: SearchSettings):
        fits = _ROLE in learner.env.roles and _ROLE not in learner.learn
        require(fits, "learner", learner.learn, "one of an economy whose planner does not learn")
        least = learner.round
        allowed = f"at least {least} updates, until all copies live under what was found"
        require(settings.settling >= least, "settling", settings.settling, allowed)
        self._learner = learner
        self._settings = settings
        self._search: Any = None
        self._done = 0

    @property
    def steps_per_update(self) -> int:
        """Environment steps of an update, without those that scores take."""
        return self._learner.steps_per_update

    def update(self, state: TrainState) -> tuple[TrainState, dict[str, Float[Array, ""]]]:
        """One update of the learner, after a new generation if one is due."""
        settings = self._settings
        if self._search is None:
            self._resume(state)
        due, rest = divmod(self._done, settings.updates)
        if rest == 0 and due <= settings.generations:
            state = self._next(state, due)
        state = self._dealt(state, searching=due < settings.generations)
        state, metrics = self._learner.update(state)
        self._done += 1
        planner = state.policies[_ROLE]
        assert isinstance(planner, CandidateSchedules)
        generation = min(due, settings.generations)
        scored = generation * CANDIDATES * settings.episodes * self._learner.env.horizon
        found = {"search/scoring_steps": jnp.asarray(scored, float)}
        if generation:
            latest = planner.scores[generation - 1]
            found |= {"search/score": jnp.mean(latest), "search/best": jnp.max(latest)}
            spread = jnp.std(planner.tried[generation - 1], axis=0)
            found["search/spread"] = jnp.mean(spread)
        return state, metrics | found

    def _resume(self, state: TrainState) -> None:
        """Come to where the search was, by telling it anew what it was told."""
        from cmaes import CMA

        planner: Any = state.policies[_ROLE]
        brackets = planner.tried.shape[-1]
        self._done = int(state.environment_steps) // self.steps_per_update
        self._search = CMA(
            mean=np.full(brackets, self._settings.start),
            sigma=self._settings.spread,
            bounds=np.tile([0.0, self._settings.highest], (brackets, 1)),
            seed=self._settings.seed,
            population_size=CANDIDATES,
        )
        self._asked: list[np.ndarray] = []
        for scores in np.asarray(planner.scores, float)[: int(planner.generation)]:
            self._ask()
            self._tell(scores)
        begun = min(-(-self._done // self._settings.updates), self._settings.generations)
        if begun > int(planner.generation):
            self._ask()

    def _ask(self) -> None:
        self._asked = [self._search.ask() for _ in range(CANDIDATES)]

    def _tell(self, scores: np.ndarray) -> None:
        # It makes small what it is told.
        pairs = zip(self._asked, scores, strict=True)
        self._search.tell([(x, -float(score)) for x, score in pairs])

    def _next(self, state: TrainState, generation: int) -> TrainState:
        """Score the candidates that workers have lived under, and draw others."""
        if generation:
            state = self._score(state, generation - 1)
        if generation < self._settings.generations:
            self._ask()
        return state

    def _dealt(self, state: TrainState, *, searching: bool) -> TrainState:
        """Hand out what copies live under in their next episode."""
        middle = np.clip(self._search.mean, 0, self._settings.highest)
        rates = np.array(self._asked) if searching else middle[None]
        memories: Any = state.economies.memories[_ROLE]
        # In turn, where nobody else sets the rates, and going on where the last update ended.
        usual = self._learner.usually(_ROLE)
        turn = np.cumsum(usual) - 1 + self._done * int(usual.sum())
        dealt = jnp.asarray(rates, memories.coming.dtype)[turn % len(rates)]
        memories = eqx.tree_at(lambda m: m.coming, memories, dealt)
        economies = dataclasses.replace(
            state.economies, memories=state.economies.memories | {_ROLE: memories}
        )
        return dataclasses.replace(state, economies=economies)

    def _score(self, state: TrainState, generation: int) -> TrainState:
        env, settings = self._learner.env, self._settings
        steps = state.environment_steps.astype(float)
        # Not the luck of a training with the same seed.
        luck = jax.random.fold_in(key_of(settings.seed), _LUCK)
        evaluate = score_schedules(
            env,
            state.learned,
            key=jax.random.fold_in(luck, generation),
            params=self._learner.curriculum(state.params, steps),
            episodes=settings.episodes,
            batch=CANDIDATES,
            prior=self._learner.prior,
        )
        scores = evaluate(np.array(self._asked))
        self._tell(scores)
        planner: Any = state.policies[_ROLE]
        planner = eqx.tree_at(
            lambda p: (p.tried, p.scores, p.generation),
            planner,
            (
                planner.tried.at[generation].set(np.array(self._asked)),
                planner.scores.at[generation].set(scores),
                jnp.asarray(generation + 1, planner.generation.dtype),
            ),
        )
        return dataclasses.replace(state, policies=state.policies | {_ROLE: planner})
