"""Millions of steps of random economies: `python tests/fuzz.py`, or `make fuzz`.

In each of some random economies, half of the episodes take allowed actions only and half take any.
Every property of `economies/gather_trade_build/properties.py` is checked at every step; at the end
of each round, whether an action taken alone is accepted exactly when its mask is 1. Of each economy
a round is repeated with its keys, a step is taken by single economies, and one without compiling.
"""

import argparse
import collections
import dataclasses
import functools
import pathlib
import sys
import time

import jax
import jax.numpy as jnp
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

import solon
from solon.economies.gather_trade_build.gather import GatherShocks
from solon.economies.gather_trade_build.objectives import OBJECTIVES
from solon.spaces import Box, Discrete
from tests.economies.gather_trade_build.by_hand import quick
from tests.economies.gather_trade_build.properties import AUCTION, TAX, WEALTH, check_all

EPISODES = 512
HORIZON = 48
_PUBLISHED = ("build", AUCTION, "gather", TAX)


def random_economy(random):
    """Options of an economy, drawn from what there is; small, so that much happens.

    Returns:
        The economy, and whether its components are in the published order: only there masks are
        exact, as nothing that an earlier component does in a step opens or closes a choice.
    """
    pick = random.choice
    published = bool(random.random() < 0.6)
    parts = [name for name in _PUBLISHED if name == "gather" or random.random() < 0.85]
    if not published:
        random.shuffle(parts)
        parts += [WEALTH] if random.random() < 0.3 else []
    foundation = bool(random.random() < 0.4) and WEALTH not in parts
    workers = int(random.integers(2, 7))
    size = {"height": int(random.integers(6, 10)), "width": int(random.integers(6, 10))}
    cover = {"stone_coverage": 8, "wood_coverage": 8}
    zones = {"zone_rows": 2, "zone_columns": 3, "wood_zones": 2, "stone_zones": 2, "mixed_zones": 1}
    layout, placement = pick(5), "uniform"
    layouts = (
        "open-quadrant-9",
        {"kind": "uniform", **size, **cover},
        {"kind": "quadrant", **size, **cover},
        {"kind": "multi-zone", **size, **cover, **zones},
        ("W.S..SW", ".~....W", "S..W...", "...~..S", "W.S.~.W"),
    )
    skills = {"build": str(pick(["equal", "pareto", "lognormal"]))}
    options = {
        "build": {"skills": skills["build"], "payment": float(pick([2, 7, 10]))},
        AUCTION: {
            "max_price": int(pick([1, 3, 6, 10])),
            "order_duration": int(pick([1, 2, 5, 20])),
            "max_orders": int(pick([1, 2, 4])),
        },
        "gather": {"skills": str(pick(["equal", "pareto", "lognormal"]))},
        TAX: {
            "period": int(pick([1, 3, 8, 24])),
            "set_by": str(pick(["rates", "levels"])),
            "spacing": str(pick(["us-federal", "linear", "log"])),
            "top_cutoff": float(pick([12, 40, 100])),
        },
    }
    economy = solon.make(
        "gather-trade-build",
        workers=workers,
        layout=layouts[layout],
        placement=placement,
        horizon=HORIZON,
        components=parts,
        starting_coin=float(pick([0.0, 8.0, 30.0])),
        several_actions=bool(pick([False, True])),
        planner_several_actions=bool(pick([False, True])),
        planner_objective=str(pick(OBJECTIVES)),
        regeneration_half_width=tuple(int(v) for v in random.integers(0, 3, 2)),
        source_capacity=tuple(int(v) for v in random.integers(1, 4, 2)),
        view=1,
        compatibility="foundation" if foundation else None,
        **{name: options[name] for name in parts if name in options},
    )
    return economy, published


def sampled(key, role, mask, valid):
    """An action of each member, by the mask or by none; building is as frequent as trading."""
    shape = (role.count,)
    if isinstance(role.action, Box):
        return jax.random.uniform(key, (*shape, *role.action.shape))
    luck = jax.random.gumbel(key, mask.shape)
    if isinstance(role.action, Discrete):
        weights = np.full(role.action.n, 0.4)
        weights[[0, 1]], weights[-4:] = (1.0, 4.0), 2.0
        luck = luck + np.log(weights)[None]
    luck = jnp.where(mask | ~valid, luck, -jnp.inf)
    ends = np.cumsum(role.action.sizes)[:-1]
    chosen = [part.argmax(axis=-1) for part in jnp.split(luck, ends, axis=-1)]
    return jnp.stack(chosen, axis=-1).reshape(*shape, *role.action.shape).astype(jnp.int32)


def random_actions(economy, key, timestep, valid):
    keys = dict(zip(economy.roles, jax.random.split(key, len(economy.roles)), strict=True))
    return {
        name: sampled(keys[name], role, timestep.observation[name].get("action_mask"), valid)
        for name, role in economy.roles.items()
    }


def played(economy, params, key, valid):
    """An episode: its last state, what it showed, and how often each property failed."""
    start_key, steps_key = jax.random.split(key)
    state, timestep = economy.start(economy.draw_world(start_key), params)

    def step(carry, key):
        state, timestep, failures = carry
        act_key, luck_key = jax.random.split(key)
        actions = random_actions(economy, act_key, timestep, valid)
        after, shown = economy.transition(state, actions, economy.draw_shocks(luck_key))
        shown = dataclasses.replace(shown, metrics={})
        holds = check_all(economy, state, after, shown)
        failures = {name: count + ~holds[name] for name, count in failures.items()}
        return (after, shown, failures), None

    timestep = dataclasses.replace(timestep, metrics={})
    names = jax.eval_shape(lambda: check_all(economy, state, state, timestep))
    failures = {name: jnp.zeros((), jnp.int32) for name in names}
    step_keys = jax.random.split(steps_key, economy.horizon)
    carry, _ = jax.lax.scan(step, (state, timestep, failures), step_keys)
    return carry


def calm(economy):
    """Shocks under which nothing grows and nobody is lucky."""
    drawn = jax.eval_shape(economy.draw_shocks, jax.random.key(0))
    parts = dict.fromkeys(drawn.parts, ())
    n = economy.workers
    parts["gather"] = GatherShocks(jnp.arange(n, dtype=jnp.int32), jnp.ones(n))
    return dataclasses.replace(drawn, regrowth=jnp.ones(drawn.regrowth.shape), parts=parts)


def mask_is_exact(economy, key, state, timestep):
    """Whether a random choice of a random worker has an effect exactly when its mask is 1."""
    role = economy.roles["worker"]
    mask, sizes = timestep.observation["worker"]["action_mask"], np.array(role.action.sizes)
    places = np.concatenate([start + np.arange(1, k) for start, k in
                             zip(np.cumsum(sizes) - sizes, sizes, strict=True)])  # fmt: skip
    kinds = np.repeat(np.arange(len(sizes)), sizes - 1)
    choices = places - (np.cumsum(sizes) - sizes)[kinds]
    worker_key, place_key = jax.random.split(key)
    worker = jax.random.randint(worker_key, (), 0, economy.workers)
    place = jax.random.randint(place_key, (), 0, len(places))
    # Both in one batch: compiled apart, they would round differently.
    nothing = {
        name: jnp.zeros((2, r.count, *r.action.shape), float if isinstance(r.action, Box) else int)
        for name, r in economy.roles.items()
    }
    alone = jnp.zeros((2, economy.workers, len(sizes)), int)
    alone = alone.at[0, worker, jnp.array(kinds)[place]].set(jnp.array(choices)[place])
    actions = nothing | {"worker": alone.reshape(nothing["worker"].shape)}
    step = jax.vmap(lambda actions: economy.transition(state, actions, calm(economy))[0])
    differs = jax.tree.leaves(jax.tree.map(lambda leaf: jnp.any(leaf[0] != leaf[1]), step(actions)))
    return jnp.stack(differs).any() == mask[worker, jnp.array(places)[place]]


class Fuzz:
    """A random economy under fire."""

    def __init__(self, economy, published, seed, *, episodes=EPISODES):
        self.economy, self.published, self._episodes = economy, published, episodes
        self.violations: collections.Counter[str] = collections.Counter()
        self.events: collections.Counter[str] = collections.Counter()
        self.steps = self.masks = 0
        self._keys = jax.random.split(jax.random.key(seed), 3)
        params = economy.default_params()
        self._params = dataclasses.replace(params, regeneration=jnp.array([0.5, 0.4]))
        self._valid = jnp.arange(episodes) % 2 == 0
        play = functools.partial(played, economy, self._params)
        self._play = jax.jit(jax.vmap(play))
        self._masks = quick(jax.vmap(functools.partial(mask_is_exact, economy)))

    def round(self, number):
        """Episodes side by side; adds up what failed and what happened."""
        keys = jax.random.split(jax.random.fold_in(self._keys[0], number), self._episodes)
        state, timestep, failures = self._play(keys, self._valid)
        for name, count in jax.device_get(failures).items():
            self.violations[name] += int(count.sum())
        self.steps += self._episodes * self.economy.horizon
        if self.published:
            keys = jax.random.split(jax.random.fold_in(self._keys[1], number), self._episodes)
            exact = self._masks(keys, state, timestep)
            self.violations["a mask is 1 exactly when an action alone counts"] += int(
                (~exact).sum()
            )
            self.masks += self._episodes
        parts = state.parts
        for name, leaf in (
            ("houses", getattr(parts.get("build"), "houses", 0)),
            ("units gathered", getattr(parts.get("gather"), "gathered", 0)),
            ("trades", getattr(parts.get(AUCTION), "sold", 0)),
            ("coin of taxes", getattr(parts.get(TAX), "total_paid", 0)),
        ):
            self.events[name] += int(jnp.sum(leaf))
        return state, timestep

    def repeat(self):
        """The same keys give the same episodes, to the last bit."""
        keys = jax.random.split(jax.random.fold_in(self._keys[0], 0), self._episodes)
        ends = [self._play(keys, self._valid)[0] for _ in range(2)]
        same = jax.tree.map(lambda a, b: jnp.all(a == b), *ends)
        self.violations["the same keys give the same episodes"] += not all(jax.tree.leaves(same))

    def alone(self, state, timestep, *, plain=True):
        """A step of one economy compiled, in a batch, and (if `plain`) not compiled."""
        economy = self.economy

        def step(state, timestep, key):
            act_key, luck_key = jax.random.split(key)
            valid = jnp.ones((), bool)
            actions = random_actions(economy, act_key, timestep, valid)
            return economy.transition(state, actions, economy.draw_shocks(luck_key))[0]

        keys = jax.random.split(self._keys[2], self._episodes)
        batch = quick(jax.vmap(step))(state, timestep, keys)
        single = quick(step)
        for i in range(4):
            at = functools.partial(jax.tree.map, lambda leaf, i=i: leaf[i])
            alone = single(at(state), at(timestep), keys[i])
            self._same("a batch is a loop", alone, at(batch))
        if plain:
            with jax.disable_jit():
                bare = step(at(state), at(timestep), keys[i])
            self._same("compiled or not", bare, alone)

    def _same(self, name, one, other):
        def near(a, b):
            a, b = np.asarray(a), np.asarray(b)
            if np.issubdtype(a.dtype, np.floating):
                return np.allclose(a, b, rtol=1e-4, atol=1e-4)
            return np.array_equal(a, b)

        self.violations[name] += not all(jax.tree.leaves(jax.tree.map(near, one, other)))

    def __str__(self):
        e = self.economy
        layout = type(e.layout).__name__ if not hasattr(e.layout, "rows") else e.layout.name
        parts = ", ".join(part.name for part in e.components)
        return f"{e.workers} workers, {layout}, {parts}, {e.compatibility or 'default'} rules"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=10_000_000)
    parser.add_argument("--economies", type=int, default=16)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    random, start = np.random.default_rng(chosen.seed), time.monotonic()
    violations, events = collections.Counter(), collections.Counter()
    steps = masks = 0
    for number in range(chosen.economies):
        fuzz = Fuzz(*random_economy(random), seed=chosen.seed + number)
        share = (chosen.steps - steps) / (chosen.economies - number)
        rounds = max(1, int(np.ceil(share / (EPISODES * HORIZON))))
        for place in range(rounds):
            state, timestep = fuzz.round(place)
        fuzz.repeat()
        fuzz.alone(state, timestep, plain=number % 4 == 0)
        steps, masks = steps + fuzz.steps, masks + fuzz.masks
        violations.update(fuzz.violations)
        events.update(fuzz.events)
        failed = sum(fuzz.violations.values())
        print(f"{fuzz}: {fuzz.steps:,} steps, violations: {failed}", flush=True)
    print()
    for name, count in violations.items():
        print(f"{name.replace('_', ' ')}: {count}")
    happened = ", ".join(f"{count:,} {name}" for name, count in events.items())
    minutes = (time.monotonic() - start) / 60
    print(f"\n{steps:,} steps of {chosen.economies} economies ({happened}),")
    print(f"{masks:,} masks, {minutes:.0f} min; violations: {sum(violations.values())}")
    return 1 if sum(violations.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
