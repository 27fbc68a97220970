"""States put together by hand, and steps in one program."""

import dataclasses
import functools

import jax
import jax.numpy as jnp
import numpy as np


def params_of(env, **numbers):
    """The usual params, some with other numbers; `a__b` is param b of component a."""
    params = env.default_params()
    parts = {name: own and dict(own) for name, own in params.parts.items()}
    given = {}
    for name, value in numbers.items():
        part, _, own = name.rpartition("__")
        where = parts[part.replace("_", "-")] if part else given
        where[own] = jnp.asarray(value, float)
    return dataclasses.replace(params, **given, parts=parts)


def state_of(env, params, *, step=0, own=None, rates=None, **firms):
    """The start of an episode, but for what consumers `own` and for these numbers of firms."""
    state, _ = env.start(env.draw_world(jax.random.key(0)), params)
    known = {name: jnp.asarray(value, float) for name, value in firms.items()}
    changes = {"firms": dataclasses.replace(state.firms, **known)}
    if own is not None:
        changes["budget"] = jnp.asarray(own, float)
    if rates is not None:
        changes["rates"] = jnp.asarray(rates, float)
    return dataclasses.replace(state, step=jnp.asarray(step, jnp.int32), **changes)


@functools.partial(jax.jit, static_argnums=0)
def stepped(env, state, actions):
    """A step without luck, in one program: many small ones take longer to compile."""
    return env.transition(state, actions, env.draw_shocks(jax.random.key(0)))


def consumers(demand, hours, employer):
    """Actions of consumers: units of each good, number of the hours, number of the firm."""
    columns = np.asarray(demand), np.asarray(hours)[:, None], np.asarray(employer)[:, None]
    return jnp.asarray(np.concatenate(columns, axis=1), jnp.int32)


def posted(env, *pairs):
    """Actions of firms: the numbers of (price, wage)."""
    posting = env.component("posting")
    prices, wages = list(posting.prices), list(posting.wages)
    each = [prices.index(price) * len(wages) + wages.index(wage) for price, wage in pairs]
    return jnp.asarray(each, jnp.int32)


def taxed(env, income, corporate):
    """The action of the government."""
    rates = list(env.component("flat-taxes").rates)
    return jnp.asarray([rates.index(income) * len(rates) + rates.index(corporate)], jnp.int32)
