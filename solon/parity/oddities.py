"""How much the original's oddities matter: `python -m solon.parity.oddities`, or `make oddities`.

Workers who act at random, within their masks and with a liking for building, play the same luck
under the original's rules and under Solon's, with one thing in which the two differ at a time.
Where both have a rule, its effect is measured on itself. Printed are means over episodes with
95 % intervals.
"""

import functools
from collections.abc import Callable, Iterable
from typing import Any, Literal

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from ..economics.inequality import equality
from ..economics.skills import expected_ranked_skills
from ..economics.tax_schedules import rate_grid
from ..economics.taxation import tax_due
from ..economies.gather_trade_build.factory import gather_trade_build
from ..economies.gather_trade_build.generated_layouts import GeneratedLayout
from ..economies.gather_trade_build.layout_sampler import draw_sources
from ..luck import key_of
from .match import TAX

__all__ = ["main"]

_EPISODES, _STEPS = 256, 400
_RATES = (0.10, 0.12, 0.22, 0.24, 0.32, 0.35, 0.37)
_AUCTION = "continuous-double-auction"
_RULES: tuple[Literal["foundation"] | None, ...] = (None, "foundation")
# Liking for doing nothing, for building, for an order at some price, and for a direction.
_LIKING = (1.0, 50.0, 0.15, 3.0)


def _action(key: Array, mask: Array) -> Array:
    """One allowed choice of each worker."""
    likes = np.full(mask.shape[-1], _LIKING[2])
    likes[0], likes[1], likes[-4:] = _LIKING[0], _LIKING[1], _LIKING[3]
    luck = jax.random.gumbel(key, mask.shape) + jnp.log(jnp.asarray(likes, float))[None]
    return jnp.argmax(jnp.where(mask, luck, -jnp.inf), axis=-1).astype(jnp.int32)


def _play(
    economy: Any, measure: Callable[[Any], dict[str, Array]], *, seed: int = 0
) -> dict[str, np.ndarray]:
    """What is measured after each step: arrays with the axes episode and step."""
    params = economy.default_params()

    def episode(key):
        start_key, steps_key = jax.random.split(key)
        state, timestep = economy.start(economy.draw_world(start_key), params)
        mask = timestep.observation["worker"]["action_mask"]

        def step(carry, key):
            act_key, luck_key = jax.random.split(key)
            state, mask = carry
            actions = {"worker": _action(act_key, mask)}
            if "planner" in economy.roles:
                actions["planner"] = jnp.asarray(_RATES)[None]
            shocks = economy.draw_shocks(luck_key)
            state, timestep = economy.transition(state, actions, shocks)
            return (state, timestep.observation["worker"]["action_mask"]), measure(state)

        return jax.lax.scan(step, (state, mask), jax.random.split(steps_key, economy.horizon))[1]

    keys = jax.random.split(key_of(seed), _EPISODES)
    return jax.device_get(jax.jit(jax.vmap(episode))(keys))


def _interval(values: Any) -> str:
    """Mean over episodes and its 95 % interval."""
    values = np.asarray(values, float)
    half = 1.96 * values.std(ddof=1) / np.sqrt(len(values))
    return f"{values.mean():.4g} [{values.mean() - half:.4g}, {values.mean() + half:.4g}]"


def _gathered(state: Any) -> dict[str, Array]:
    return {"units": jnp.sum(state.parts["gather"].gathered)}


def growth() -> Iterable[tuple[str, str]]:
    """O2: depletion, on a map with a stand of trees that six workers live off."""
    rows = ("WWW...SSS", "WWW...SSS", "WWW...SSS", ".........", ".........")
    for label, options in (
        ("half-width 1", {"regeneration_half_width": 1}),
        ("sources of 4 units", {"source_capacity": 4}),
    ):
        drawn = {}
        for rules in _RULES:
            economy = gather_trade_build(
                workers=6, layout=rows, placement="uniform", horizon=_STEPS,
                components=["gather"], compatibility=rules, **options,
            )  # fmt: skip
            drawn[rules] = _play(economy, _gathered)["units"][:, -1]
            yield f"O2, units gathered, {label}, {rules or 'default'}", _interval(drawn[rules])
        difference = drawn["foundation"] / drawn[None].mean() - drawn[None] / drawn[None].mean()
        yield f"O2, units gathered, {label}, share gained by the oddity", _interval(difference)


def coverage() -> Iterable[tuple[str, str]]:
    """O7: what grows on drawn layouts in which stone is to be rarer than wood."""
    for kind in ("uniform", "quadrant"):
        for rules in _RULES:
            layout = gather_trade_build(
                layout={"kind": kind, "height": 25, "width": 25, "stone_coverage": 0.03,
                        "wood_coverage": 0.12},
                placement="uniform", compatibility=rules,
            ).layout  # fmt: skip
            assert isinstance(layout, GeneratedLayout)
            keys = jax.random.split(key_of(1), _EPISODES)
            source = jax.jit(jax.vmap(functools.partial(draw_sources, layout)))(keys)
            for good, code in (("stone", 0), ("wood", 1)):
                share = np.asarray(source == code).mean(axis=(1, 2))
                yield (
                    f"O7, share of cells with {good}, {kind}, {rules or 'default'}",
                    _interval(share),
                )


def _market(state: Any) -> dict[str, Array]:
    office, orders = state.parts[TAX], state.parts[_AUCTION]
    params = state.params.parts[TAX]
    due = tax_due(office.income, params.cutoffs, office.rates)
    closed = office.position == 1
    return {
        "due": jnp.where(closed, jnp.sum(due), 0),
        "paid": jnp.where(closed, jnp.sum(office.paid), 0),
        "filled": jnp.sum(orders.bought + orders.sold, axis=0),
        "open": jnp.sum(orders.side > 0),
        "posted": jnp.sum(state.labor) / 0.25,
    }


def market() -> Iterable[tuple[str, str]]:
    """O15 to O17: ties by number, labor of orders in vain, coin out of the collector's reach."""
    economy = gather_trade_build(
        layout="open-quadrant-9", placement="uniform", horizon=_STEPS, starting_coin=20.0,
        build={"skills": "equal", "labor": 0.0},
        gather={"skills": "equal", "move_labor": 0.0, "collect_labor": 0.0},
        periodic_bracket_tax={"period": 20},
    )  # fmt: skip
    seen = _play(economy, _market)
    filled = seen["filled"][:, -1].astype(float)
    mean = filled.mean()
    yield (
        "O15, orders filled, worker 0 less worker 3, share of the mean",
        _interval((filled[:, 0] - filled[:, -1]) / mean),
    )
    vain = 1 - (filled.sum(axis=-1) + seen["open"][:, -1]) / seen["posted"][:, -1]
    yield "O16, orders paid for with labor that expired, share", _interval(vain)
    due, paid = seen["due"].sum(axis=-1), seen["paid"].sum(axis=-1)
    yield "O17, tax due that could not be collected, share", _interval(1 - paid / due)


def redistribution() -> Iterable[tuple[str, str]]:
    """Full redistribution to someone who has bound more than a share."""

    def measure(state):
        return {"below": jnp.any(state.inventory.coin < 0)}

    for rules in _RULES:
        economy = gather_trade_build(
            layout="open-quadrant-9", placement="uniform", horizon=_STEPS, starting_coin=10.0,
            components=["build", _AUCTION, "gather", "wealth-redistribution"],
            compatibility=rules,
        )  # fmt: skip
        below = _play(economy, measure)["below"].mean(axis=-1)
        yield (
            f"steps on which someone's free coin is negative, {rules or 'default'}",
            _interval(below),
        )


def arithmetic() -> Iterable[tuple[str, str]]:
    """What needs no play: O6, O14, O18."""
    drawn = np.array([expected_ranked_skills(4, seed=seed) for seed in range(2, 12)])
    spread = 100 * (drawn.std(axis=0, ddof=1) / drawn.mean(axis=0)).max()
    yield "O6, payment of a rank from one draw of the averages to another, %", f"{spread:.2g}"
    for n in (29, 30, 100):
        coin = np.random.default_rng(0).pareto(4, (_EPISODES, n)).astype(np.float32) * 100
        ours, theirs = (np.asarray(equality(coin, compatibility=rules)) for rules in _RULES)
        yield f"O14, equality of {n} workers, original less default", _interval(theirs - ours)
    for step, high in ((0.05, 1.0), (0.1, 0.3), (0.1, 0.7), (0.05, 0.35)):
        tops = [rate_grid(0.0, high, step, compatibility=rules)[-1] for rules in _RULES]
        text = f"{tops[1]:.2f} instead of {tops[0]:.2f}"
        yield f"O18, top rate with steps of {step} up to {high}", text


def main() -> None:
    """Print every measure."""
    for part in (arithmetic, coverage, growth, market, redistribution):
        for name, value in part():
            print(f"{name}: {value}", flush=True)


if __name__ == "__main__":
    main()
