"""From an encoded observation to hidden features."""

import functools
import itertools
import math
from collections.abc import Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Key

from .encoding import Encoded, Encoding, Parts
from .recurrence import GatedUnit

__all__ = ["Dense", "Trunk"]


class Dense(eqx.Module):
    """An affine map of the last axis: `x W + b`."""

    weight: Float[Array, "inputs outputs"]
    bias: Float[Array, " outputs"]

    @classmethod
    def create(
        cls, key: Key[Array, ""], inputs: int, outputs: int, scale: float = math.sqrt(2)
    ) -> "Dense":
        """Orthogonal weights (Saxe, McClelland and Ganguli 2014) times `scale`, no bias."""
        orthogonal = jax.nn.initializers.orthogonal(scale)
        return cls(orthogonal(key, (inputs, outputs), jnp.zeros(()).dtype), jnp.zeros(outputs))

    def __call__(self, x: Float[Array, "batch inputs"]) -> Float[Array, "batch outputs"]:
        return x @ self.weight + self.bias[None]


class Trunk(eqx.Module):
    """From an encoded observation to hidden features.

    Each integer code is looked up in a small table, and the numbers found there join the
    features. Reading a map of 121 cells this way costs a fraction of a convolution on a CPU.

    Attributes:
        tables: by field, one row a code.
        layers: dense layers, each followed by a ReLU. Without any, what comes out is linear in the
            features and in the numbers that stand for codes.
        unit: remembers over steps what comes out of them; None without memory.
        gain: of the layer normalisation (Ba, Kiros and Hinton 2016) after the last layer, if any.
    """

    tables: dict[str, Float[Array, "codes embedding"]]
    layers: tuple[Dense, ...]
    unit: GatedUnit | None
    gain: Float[Array, " hidden"] | None

    @classmethod
    def create(
        cls,
        key: Key[Array, ""],
        encoding: Encoding,
        *,
        hidden: Sequence[int],
        embedding: int,
        layer_norm: bool,
        recurrent: bool,
    ) -> "Trunk":
        table_key, layer_key = jax.random.split(key)
        coded = [field for _, fields in encoding.groups for field in fields.codes]
        table_keys = jax.random.split(table_key, max(1, len(coded)))
        tables = {
            field.name: jax.random.normal(k, (field.codes, embedding))
            for k, field in zip(table_keys, coded, strict=False)
        }
        widths = [cls.width(encoding, (), embedding), *hidden]
        layer_keys = jax.random.split(layer_key, len(hidden))
        layers = tuple(
            Dense.create(k, *sizes)
            for k, sizes in zip(layer_keys, itertools.pairwise(widths), strict=True)
        )
        unit = GatedUnit.create(jax.random.fold_in(layer_key, 0), widths[-1]) if recurrent else None
        return cls(tables, layers, unit, jnp.ones(widths[-1]) if layer_norm else None)

    @staticmethod
    def width(encoding: Encoding, hidden: Sequence[int], embedding: int) -> int:
        """How many numbers come out of a trunk with these layers."""
        codes = sum(field.size for _, fields in encoding.groups for field in fields.codes)
        return hidden[-1] if hidden else encoding.width + embedding * codes

    @property
    def memory_width(self) -> int:
        """How many numbers it remembers."""
        return 0 if self.unit is None else self.unit.memory.shape[0]

    def __call__(
        self,
        encoded: Encoded,
        memory: Float[Array, "rows memory"],
        acting: Bool[Array, "steps rows"],
    ) -> tuple[Float[Array, "batch hidden"], Float[Array, "rows memory"]]:
        """Hidden features, and what is remembered after the last step.

        Args:
            encoded: the rows of the first step, then those of the next. What all members see alike
                has a row for all of them.
            memory: before the first step.
            acting: who looks on which step.
        """
        batch = encoded.features.shape[0]
        groups: tuple[Encoded | Parts, ...] = (encoded, *encoded.more.values())
        parts = [seen.features for seen in groups]
        for seen in groups:
            codes = seen.codes.items()
            parts += [self.tables[name][code].reshape(code.shape[0], -1) for name, code in codes]
        if self.layers:
            first, *others = self.layers
            x = jax.nn.relu(first.bias[None] + _product(parts, first.weight, batch))
            for layer in others:
                x = jax.nn.relu(layer(x))
        else:
            each = [jnp.repeat(part, batch // part.shape[0], axis=0) for part in parts]
            x = jnp.concatenate(each, axis=1)
        if self.unit is not None:
            sequence, memory = self.unit(x.reshape(*acting.shape, x.shape[-1]), memory, acting)
            x = sequence.reshape(x.shape)
        if self.gain is not None:
            x = jax.nn.standardize(x, axis=-1, epsilon=1e-3) * self.gain[None]
        return x, memory


def _product(
    parts: Sequence[Float[Array, "_ _"]], weight: Float[Array, "inputs outputs"], batch: int
) -> Float[Array, "batch outputs"]:
    """All parts side by side times `weight`.

    One product a part: putting them side by side first takes 1.7 times as long with gradients. A
    part with fewer rows is what several rows of the others see alike, and is multiplied once.
    """
    ends = itertools.accumulate(part.shape[1] for part in parts[:-1])
    products = list(map(jnp.matmul, parts, jnp.split(weight, list(ends))))
    own = functools.reduce(jnp.add, [x for x in products if x.shape[0] == batch])
    alike = [x for x in products if x.shape[0] != batch]
    if not alike:
        return own
    common = functools.reduce(jnp.add, alike)
    together = own.reshape(common.shape[0], batch // common.shape[0], own.shape[1])
    return (together + common[:, None]).reshape(own.shape)
