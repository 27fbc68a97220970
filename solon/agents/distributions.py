"""Distributions over actions: several masked choices at once, or several real numbers."""

import functools
import itertools
import math
from collections.abc import Callable
from typing import Any, TypeAlias

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, Key, Shaped

__all__ = [
    "BoxNormal",
    "Distribution",
    "MostlyGreedy",
    "MultiCategorical",
    "in_box",
    "sample_allowed",
]

_FEW = 8


class MultiCategorical(eqx.Module):
    """Independent categorical choices, some of which are not allowed.

    A choice that is masked has probability 0, exactly, and passes no gradient on. Should a
    sub-action have no allowed choice at all, its mask is ignored.

    Args:
        logits: the choices of all sub-actions, one sub-action after the other.
        mask: True where a choice is allowed.
        sizes: how many choices each sub-action has.
    """

    logits: Float[Array, "*batch choices"]
    mask: Bool[Array, "*batch choices"]
    sizes: tuple[int, ...] = eqx.field(static=True)

    def probabilities(self) -> Float[Array, "*batch choices"]:
        """The probability of each choice, summing to one within each sub-action."""
        return jnp.concatenate([_normalize(*block)[1] for block in self._blocks()], axis=-1)

    def draw(self, key: Key[Array, ""]) -> Int[Array, "*batch subactions"]:
        """Choices drawn at random."""
        return self.sample(jax.random.uniform(key, (*self.logits.shape[:-1], len(self.sizes))))

    def sample(self, uniform: Float[Array, "*batch subactions"]) -> Int[Array, "*batch subactions"]:
        """The choices at which the cumulative distribution passes `uniform`, in [0, 1).

        One uniform number a sub-action costs a third of the Gumbel numbers for each choice.
        """
        picked = [
            _invert(uniform[..., k], _normalize(logits, mask)[1], mask)
            for k, (logits, mask) in enumerate(self._blocks())
        ]
        return jnp.stack(picked, axis=-1)

    def mode(self) -> Int[Array, "*batch subactions"]:
        """The most probable choices."""
        picked = [jnp.argmax(_normalize(*block)[1], axis=-1) for block in self._blocks()]
        return jnp.stack(picked, axis=-1)

    def log_probability(self, action: Int[Array, "*batch subactions"]) -> Float[Array, "*batch"]:
        """The logarithm of the probability of `action`, minus infinity where it is masked."""
        return self.evaluate(action)[0]

    def entropy(self) -> Float[Array, "*batch"]:
        """The sum of the sub-actions' entropies, in nats."""
        total = jnp.zeros(self.logits.shape[:-1], self.logits.dtype)
        for logits, mask in self._blocks():
            log_probabilities, probabilities = _normalize(logits, mask)
            total -= jnp.sum(probabilities * log_probabilities, axis=-1)
        return total

    def evaluate(
        self, action: Int[Array, "*batch subactions"]
    ) -> tuple[Float[Array, "*batch"], Float[Array, "*batch"]]:
        """`log_probability(action)` and `entropy()` in one pass."""
        chosen = jnp.zeros(self.logits.shape[:-1], self.logits.dtype)
        entropy = chosen
        for k, (logits, mask) in enumerate(self._blocks()):
            of_one, uncertain = _evaluated(logits, mask, action[..., k])
            chosen, entropy = chosen + of_one, entropy + uncertain
        return chosen, entropy

    def _blocks(self) -> list[tuple[Array, Array]]:
        """Logits and mask of each sub-action."""
        return _blocks(self.logits, self.mask, self.sizes)


class MostlyGreedy(eqx.Module):
    """The best allowed choice, or with a small probability any of those that are allowed.

    Args:
        advantages: of the choices of all sub-actions, one sub-action after the other.
        mask: True where a choice is allowed; a mask of a sub-action that allows nothing is ignored.
        exploration: the probability that a choice is drawn from all that are allowed, alike.
        sizes: how many choices each sub-action has.
    """

    advantages: Float[Array, "*batch choices"]
    mask: Bool[Array, "*batch choices"]
    exploration: Float[Array, "*batch"]
    sizes: tuple[int, ...] = eqx.field(static=True)

    def _categorical(self) -> MultiCategorical:
        """The same distribution."""
        logits = []
        for advantages, mask in self._blocks():
            best = jnp.argmax(jnp.where(mask, advantages, -jnp.inf), axis=-1)
            here = jax.nn.one_hot(best, advantages.shape[-1], dtype=advantages.dtype)
            tried = self.exploration[..., None]
            anything = tried / jnp.sum(mask, axis=-1, keepdims=True)
            # Not quite 0, as what follows has to be finite.
            chance = jnp.maximum(anything + here * (1 - tried), 1e-30)
            logits.append(jnp.log(chance).astype(advantages.dtype))
        return MultiCategorical(jnp.concatenate(logits, axis=-1), self.mask, self.sizes)

    def probabilities(self) -> Float[Array, "*batch choices"]:
        """The probability of each choice, summing to one within each sub-action."""
        return self._categorical().probabilities()

    def draw(self, key: Key[Array, ""]) -> Int[Array, "*batch subactions"]:
        """Choices drawn at random."""
        return self._categorical().draw(key)

    def mode(self) -> Int[Array, "*batch subactions"]:
        """The best allowed choices."""
        return self._categorical().mode()

    def log_probability(self, action: Int[Array, "*batch subactions"]) -> Float[Array, "*batch"]:
        """The logarithm of the probability of `action`, minus infinity where it is masked."""
        return self._categorical().log_probability(action)

    def entropy(self) -> Float[Array, "*batch"]:
        """The sum of the sub-actions' entropies, in nats."""
        return self._categorical().entropy()

    def evaluate(
        self, action: Int[Array, "*batch subactions"]
    ) -> tuple[Float[Array, "*batch"], Float[Array, "*batch"]]:
        """`log_probability(action)` and `entropy()` in one pass."""
        return self._categorical().evaluate(action)

    def shortfall(self, action: Int[Array, "*batch subactions"]) -> Float[Array, "*batch"]:
        """By how much `action` is better than the best choices: never above 0."""
        total = jnp.zeros(self.advantages.shape[:-1], self.advantages.dtype)
        for k, (advantages, mask) in enumerate(self._blocks()):
            best = jnp.max(jnp.where(mask, advantages, -jnp.inf), axis=-1)
            # Comparing beats indexing, see `MultiCategorical`.
            here = jax.nn.one_hot(action[..., k], advantages.shape[-1], dtype=bool)
            total += jnp.sum(jnp.where(here, advantages, 0), axis=-1) - best
        return total

    def best(self) -> Float[Array, "*batch"]:
        """The advantages of the best choices over the mean of those that are allowed."""
        total = jnp.zeros(self.advantages.shape[:-1], self.advantages.dtype)
        for advantages, mask in self._blocks():
            mean = jnp.mean(advantages, axis=-1, where=mask)
            total += jnp.max(jnp.where(mask, advantages, -jnp.inf), axis=-1) - mean
        return total

    def _blocks(self) -> list[tuple[Array, Array]]:
        """Advantages and mask of each sub-action."""
        return _blocks(self.advantages, self.mask, self.sizes)


class BoxNormal(eqx.Module):
    """Independent numbers, each normal, and squashed where they have bounds.

    What is drawn, kept and scored is the normal number u itself; `in_box` turns it into the action
    low + (high - low) (1 + tanh u) / 2, so that nothing has to be inverted near a bound.
    The density is that of the action (Haarnoja, Zhou, Abbeel and Levine 2018, appendix C).

    Args:
        outputs: means, then logarithms of the deviations.
        low, high: bounds of all numbers; infinite where there are none.
    """

    outputs: Float[Array, "*batch outputs"]
    low: float = eqx.field(static=True)
    high: float = eqx.field(static=True)

    @property
    def mean(self) -> Float[Array, "*batch numbers"]:
        """Of the normal numbers."""
        return self.outputs[..., : self.outputs.shape[-1] // 2]

    @property
    def log_deviation(self) -> Float[Array, "*batch numbers"]:
        """Of the normal numbers, within bounds that keep densities finite."""
        return jnp.clip(self.outputs[..., self.outputs.shape[-1] // 2 :], *_LOG_DEVIATIONS)

    def draw(self, key: Key[Array, ""]) -> Float[Array, "*batch numbers"]:
        """Normal numbers drawn at random."""
        noise = jax.random.normal(key, self.mean.shape, self.mean.dtype)
        return self.mean + jnp.exp(self.log_deviation) * noise

    def mode(self) -> Float[Array, "*batch numbers"]:
        """The normal numbers in the middle."""
        return self.mean

    def log_probability(self, action: Float[Array, "*batch numbers"]) -> Float[Array, "*batch"]:
        """The logarithm of the density of the action that `action`, a normal number, becomes."""
        return self.evaluate(action)[0]

    def entropy(self) -> Float[Array, "*batch"]:
        """Differential entropy of the action, in nats."""
        deviation = jnp.exp(self.log_deviation)
        total = jnp.sum(self.log_deviation + 0.5 * math.log(2 * math.pi * math.e), axis=-1)
        if not math.isfinite(self.low):
            return total
        # The mean of the slope's logarithm, by quadrature: exact enough, and without luck.
        for node, weight in _QUADRATURE:
            slope = self._log_slope(self.mean + node * deviation)
            total += weight * jnp.sum(slope, axis=-1)
        return total

    def evaluate(
        self, action: Float[Array, "*batch numbers"]
    ) -> tuple[Float[Array, "*batch"], Float[Array, "*batch"]]:
        """`log_probability(action)` and `entropy()`."""
        score = (action - self.mean) * jnp.exp(-self.log_deviation)
        density = -0.5 * score**2 - self.log_deviation - 0.5 * math.log(2 * math.pi)
        if math.isfinite(self.low):
            density -= self._log_slope(action)
        return jnp.sum(density, axis=-1), self.entropy()

    def _log_slope(self, numbers: Float[Array, "..."]) -> Float[Array, "..."]:
        """The logarithm of the derivative of `in_box`."""
        # log(1 - tanh(u)^2) = 2 (log 2 - u - softplus(-2 u)), without loss far out.
        half = math.log((self.high - self.low) / 2)
        return half + 2 * (math.log(2) - numbers - jax.nn.softplus(-2 * numbers))


#: What a policy chooses by.
Distribution: TypeAlias = MultiCategorical | MostlyGreedy | BoxNormal

_LOG_DEVIATIONS = (-5.0, 2.0)
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(8)
_QUADRATURE = tuple(zip(_NODES.tolist(), (_WEIGHTS / _WEIGHTS.sum()).tolist(), strict=True))


def in_box(numbers: Float[Array, "..."], low: float, high: float) -> Float[Array, "..."]:
    """The numbers themselves, or squashed between finite bounds."""
    if not math.isfinite(low):
        return numbers
    return low + (high - low) * (1 + jnp.tanh(numbers)) / 2


def sample_allowed(
    uniform: Float[Array, "*batch subactions"],
    mask: Bool[Array, "*batch choices"],
    sizes: tuple[int, ...],
) -> Int[Array, "*batch subactions"]:
    """For each sub-action one of its allowed choices, all of them alike.

    Args:
        uniform: numbers in [0, 1).
        mask: True where a choice is allowed; where none is, all are.
        sizes: how many choices each sub-action has.
    """
    picked = [
        _invert_allowed(uniform[..., k], block) for k, block in enumerate(_split(mask, sizes))
    ]
    return jnp.stack(picked, axis=-1)


def _split(mask: Bool[Array, "*batch choices"], sizes: tuple[int, ...]) -> list[Array]:
    """The mask of each sub-action; a mask that allows nothing is ignored."""
    ends = list(itertools.accumulate(sizes))
    blocks = [mask[..., a:b] for a, b in zip([0, *ends[:-1]], ends, strict=True)]
    return [block | ~jnp.any(block, axis=-1, keepdims=True) for block in blocks]


def _blocks(
    values: Float[Array, "*batch choices"],
    mask: Bool[Array, "*batch choices"],
    sizes: tuple[int, ...],
) -> list[tuple[Array, Array]]:
    """What belongs to each sub-action, and its mask."""
    ends = itertools.accumulate(sizes)
    masks = _split(mask, sizes)
    return [
        (values[..., end - size : end], own)
        for end, size, own in zip(ends, sizes, masks, strict=True)
    ]


def _normalize(
    logits: Float[Array, "*batch choices"], mask: Bool[Array, "*batch choices"]
) -> tuple[Float[Array, "*batch choices"], Float[Array, "*batch choices"]]:
    """Log-probabilities (0 where masked, to keep gradients finite) and probabilities."""
    lowest = jnp.finfo(logits.dtype).min
    highest = _reduced(jnp.maximum, jnp.max, jnp.where(mask, logits, lowest))
    shifted = jnp.where(mask, logits - jax.lax.stop_gradient(highest), 0)
    weights = jnp.where(mask, jnp.exp(shifted), 0)
    total = _total(weights)
    return jnp.where(mask, shifted - jnp.log(total), 0), weights / total


@jax.custom_vjp
def _evaluated(
    logits: Float[Array, "*batch choices"],
    mask: Bool[Array, "*batch choices"],
    action: Int[Array, "*batch"],
) -> tuple[Float[Array, "*batch"], Float[Array, "*batch"]]:
    """The logarithm of the probability of a choice, and the entropy, in nats.

    The gradients are in closed form, which takes less than to go back through the softmax: with the
    choice as an indicator c, the derivatives by the logits are c - p and - p (log p + entropy).
    """
    return _evaluated_forward(logits, mask, action)[0]


def _evaluated_forward(logits: Array, mask: Array, action: Array) -> tuple[Any, Any]:
    log_probabilities, probabilities = _normalize(logits, mask)
    # Comparing beats indexing, one by one on a CPU.
    here = jax.nn.one_hot(action, logits.shape[-1], dtype=bool) & mask
    chosen = _total(jnp.where(here, log_probabilities, 0))[..., 0]
    allowed = _reduced(jnp.logical_or, jnp.any, here)[..., 0]
    entropy = -_total(probabilities * log_probabilities)[..., 0]
    found = jnp.where(allowed, chosen, -jnp.inf), entropy
    return found, (log_probabilities, probabilities, action, allowed, entropy)


def _evaluated_backward(kept: Any, slopes: tuple[Array, Array]) -> tuple[Array, None, None]:
    log_probabilities, probabilities, action, allowed, entropy = kept
    here = jax.nn.one_hot(action, probabilities.shape[-1], dtype=probabilities.dtype)
    of_chosen = jnp.where(allowed, slopes[0], 0)[..., None]
    uncertain = log_probabilities + entropy[..., None]
    # Where a choice is masked its probability is 0, and so is the gradient.
    slope = of_chosen * (here - probabilities) - slopes[1][..., None] * probabilities * uncertain
    return slope, None, None


_evaluated.defvjp(_evaluated_forward, _evaluated_backward)


def _total(values: Shaped[Array, "*batch choices"]) -> Shaped[Array, "*batch 1"]:
    return _reduced(jnp.add, jnp.sum, values)


def _reduced(
    pair: Callable[[Array, Array], Array],
    whole: Callable[..., Array],
    values: Shaped[Array, "*batch choices"],
) -> Shaped[Array, "*batch 1"]:
    """A reduction over the choices.

    Few choices are taken one by one, which becomes part of the loop over the batch: a reduction of
    its own takes several times as long on a CPU.
    """
    count = values.shape[-1]
    if not 0 < count <= _FEW:
        return whole(values, axis=-1, keepdims=True)
    return functools.reduce(pair, [values[..., k : k + 1] for k in range(count)])


def _invert(
    uniform: Float[Array, "*batch"],
    probabilities: Float[Array, "*batch choices"],
    mask: Bool[Array, "*batch choices"],
) -> Int[Array, "*batch"]:
    """The first allowed choice whose cumulative probability, as a share, exceeds `uniform`."""
    size = probabilities.shape[-1]
    index = jnp.arange(size, dtype=jnp.int32)
    upto = (index[:, None] <= index[None, :]).astype(probabilities.dtype)
    cumulative = jnp.matmul(probabilities, upto, precision=jax.lax.Precision.HIGHEST)
    # The sum is 1 only up to rounding, and the partial sums before and after a masked choice
    # may differ by rounding too: measure in units of the sum, and ask for the mask again.
    passed = cumulative > (uniform * cumulative[..., -1])[..., None]
    index = jnp.broadcast_to(index, probabilities.shape)
    first = jnp.min(jnp.where(passed & mask, index, size), axis=-1)
    last_allowed = jnp.max(jnp.where(mask, index, 0), axis=-1)
    return jnp.minimum(first, last_allowed)


def _invert_allowed(
    uniform: Float[Array, "*batch"], mask: Bool[Array, "*batch choices"]
) -> Int[Array, "*batch"]:
    """`_invert` where all allowed choices are alike: counting them is exact, and cheaper."""
    counter = jnp.int8 if mask.shape[-1] < 128 else jnp.int32
    upto = jax.lax.associative_scan(jnp.add, mask.astype(counter), axis=-1)
    total = upto[..., -1]
    passed = jnp.minimum((uniform * total).astype(counter), total - 1)
    return jnp.sum(upto <= passed[..., None], axis=-1, dtype=jnp.int32)
