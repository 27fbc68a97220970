"""A recurrent cell, for agents who need to remember what they saw."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Key

__all__ = ["GatedUnit"]


class GatedUnit(eqx.Module):
    """A gated recurrent unit (Cho et al. 2014), whose reset gate acts on the product with the past.

        r, z = sigmoid(x W + h U + b)        n = tanh(x W_n + b_n + r * (h U_n))
        h'   = (1 - z) * n + z * h

    Attributes:
        inputs: W, for reset gate, update gate and candidate side by side.
        memory: U, likewise.
        bias: b, likewise.
    """

    inputs: Float[Array, "width three_widths"]
    memory: Float[Array, "width three_widths"]
    bias: Float[Array, " three_widths"]

    @classmethod
    def create(cls, key: Key[Array, ""], width: int) -> "GatedUnit":
        """Orthogonal weights, and gates that are half open."""
        keys = jax.random.split(key, 6)
        orthogonal = jax.nn.initializers.orthogonal()
        blocks = [orthogonal(k, (width, width), jnp.zeros(()).dtype) for k in keys]
        inputs, memory = jnp.concatenate(blocks[:3], 1), jnp.concatenate(blocks[3:], 1)
        return cls(inputs, memory, jnp.zeros(3 * width))

    def __call__(
        self,
        x: Float[Array, "steps rows width"],
        memory: Float[Array, "rows width"],
        acting: Bool[Array, "steps rows"],
    ) -> tuple[Float[Array, "steps rows width"], Float[Array, "rows width"]]:
        """What is remembered after each step, and at the end.

        Args:
            x: what is seen.
            memory: before the first step.
            acting: on which steps a row looks; on all others it remembers what it did.
        """
        # All products with what is seen at once: in the loop there is only what has to be.
        seen = x @ self.inputs + self.bias[None, None]

        def step(memory, inputs):
            seen, acting = inputs
            known = memory @ self.memory
            (reset, update, new), (past_reset, past_update, past) = (
                jnp.split(part, 3, axis=-1) for part in (seen, known)
            )
            update = jax.nn.sigmoid(update + past_update)
            new = jnp.tanh(new + jax.nn.sigmoid(reset + past_reset) * past)
            following = (1 - update) * new + update * memory
            following = jnp.where(acting[:, None], following, memory)
            return following, following

        memory, remembered = jax.lax.scan(step, memory, (seen, acting))
        return remembered, memory
