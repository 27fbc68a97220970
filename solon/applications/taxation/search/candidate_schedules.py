"""Many schedules tried side by side: what a search draws, and what it found."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, Key, Shaped

from ....errors import require_whole
from ....policy import Policy

__all__ = ["CandidateMemory", "CandidateSchedules"]


class CandidateMemory(eqx.Module):
    """What is remembered.

    Attributes:
        rates: marginal rates of the running episode.
        coming: those of the next one, which the search writes.
        begins: the coming step is the first of an episode.
    """

    rates: Float[Array, " brackets"]
    coming: Float[Array, " brackets"]
    begins: Bool[Array, ""]


class CandidateSchedules(Policy):
    """Keeps to a schedule for an episode, and takes the next one from its memory.

    Each copy of an economy has a memory of its own, so copies can live under different schedules.
    The planner itself holds how the search went, so that a checkpoint has it.

    Attributes:
        tried: rates of all candidates that were scored, by generation.
        scores: theirs; nan for those still to come.
        generation: how many generations are over.
    """

    tried: Float[Array, "generations candidates brackets"]
    scores: Float[Array, "generations candidates"]
    generation: Int[Array, ""]

    def __init__(self, generations: int, candidates: int, brackets: int):
        generations = require_whole("generations", generations, low=1, high=10_000)
        self.tried = jnp.zeros((generations, candidates, brackets))
        self.scores = jnp.full((generations, candidates), jnp.nan)
        self.generation = jnp.zeros((), jnp.int32)

    def init(self, key: Key[Array, ""]) -> CandidateMemory:
        nothing = jnp.zeros(self.tried.shape[-1])
        return CandidateMemory(nothing, nothing, jnp.ones((), bool))

    def begin(
        self, memory: CandidateMemory, new_world: Bool[Array, ""] | None = None
    ) -> CandidateMemory:
        return CandidateMemory(memory.rates, memory.coming, jnp.ones((), bool))

    def act(
        self,
        memory: CandidateMemory,
        observation: dict[str, Shaped[Array, "..."]],
        key: Key[Array, ""],
    ) -> tuple[Float[Array, "1 brackets"], CandidateMemory]:
        rates = jnp.where(memory.begins, memory.coming, memory.rates)
        return rates[None], CandidateMemory(rates, memory.coming, jnp.zeros((), bool))
