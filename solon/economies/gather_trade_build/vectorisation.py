"""Help for loops whose length differs between the economies of a batch."""

import equinox.internal as eqxi
from jaxtyping import Array, Bool

__all__ = ["any_in_batch"]


def any_in_batch(condition: Bool[Array, ""]) -> Bool[Array, ""]:
    """Whether `condition` holds for any economy of the batch, seen from inside `jax.vmap`.

    A while loop on a batched condition selects between the old and the new carry of every
    economy in every round. If another round leaves finished ones as they are, the whole batch can
    run on this condition instead, without those selections.
    """
    return eqxi.unvmap_any(condition)
