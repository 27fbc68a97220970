"""What each correction changes, on its own: the table of docs/pandemic.md.

python -m solon.economies.pandemic.effects
"""

import functools
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Int

from .corrections import CORRECTIONS
from .days import by_day
from .economy import Pandemic

__all__ = ["PLANS", "effect", "main"]

_DAYS = 405

#: The five policies whose welfare is published, with the printed totals.
PLANS = {
    "real data": 347.6,
    "real policy": 349.1,
    "open": 183.8,
    "closed, full subsidy": 317.8,
    "closed for 180 days": 334.2,
}


@functools.partial(jax.jit, static_argnums=0)
def _last_metrics(
    env: Pandemic, params: Any, levels: Int[Array, " days"], subsidy: Int[Array, " days"]
) -> dict[str, Array]:
    everywhere = jnp.broadcast_to(levels[:, None], (levels.size, len(env.state_names)))
    plans = {"governor": everywhere, "planner": subsidy[:, None]}
    metrics = by_day(env, params, plans, lambda *seen: seen[-1].metrics)[1]
    return {name: values[-1] for name, values in metrics.items()}


def effect(plan: str, **options: Any) -> dict[str, float]:
    """Metrics after 405 days, or 404 where real data end.

    Args:
        plan: one of `PLANS`.
        options: of the economy.
    """
    replay = {"real data": "data", "real policy": "policy"}.get(plan)
    horizon = _DAYS - 1 if replay == "data" else _DAYS
    env = Pandemic(horizon=horizon, replay=replay, **options)
    day = jnp.arange(horizon)
    closed = {"open": 0, "closed for 180 days": 180}.get(plan, horizon)
    # Only where the level changes: setting the same one again would start another cooldown.
    levels = jnp.where(day == closed, 1, jnp.where(day == 0, 10, 0))
    subsidy = jnp.where(day >= 0, 20 if "subsidy" in plan else 0, 0)
    found = _last_metrics(env, env.default_params(), levels, subsidy)
    return {name: float(value) for name, value in found.items()}


def main() -> int:
    """Print a line for each correction."""
    rules: dict[str, dict[str, Any]] = {"none": {"compatibility": "foundation"}}
    rules |= {name: {"corrections": (name,)} for name in CORRECTIONS}
    rules |= {"all": {"corrections": tuple(CORRECTIONS)}, "the default": {}}
    for name, options in rules.items():
        cells = []
        for plan in PLANS:
            found = effect(plan, **options)
            deaths = found["deaths"] / 1000
            cells.append(f"{found['welfare']:.1f}, {deaths:,.0f}, {found['unemployment']:.2f}")
        print(f"| `{name}` | " + " | ".join(cells) + " |", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
