"""What the libraries do is theirs: they may warn, mix ranks, and take keys without a type."""

import contextlib
import warnings

import jax
import pytest

with warnings.catch_warnings():
    # Once they are loaded, warnings are errors again.
    warnings.simplefilter("ignore")
    import gymnasium
    import gymnax
    import jaxmarl
    import jaxmarl.wrappers.baselines
    import jumanji
    import pettingzoo.test
    import stable_baselines3

LIBRARIES = (gymnasium, gymnax, jaxmarl, jumanji, pettingzoo, stable_baselines3)


@pytest.fixture(autouse=True, scope="session")
def as_the_libraries_expect():
    with contextlib.ExitStack() as stack:
        stack.enter_context(jax.numpy_rank_promotion("allow"))
        stack.enter_context(jax.legacy_prng_key("allow"))
        stack.enter_context(jax.debug_key_reuse(False))
        yield
