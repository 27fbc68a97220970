"""How workers and a planner had better learn in Gather-Trade-Build."""

from typing import Any

from ...economies.mechanisms import PeriodicBracketTax
from ...runs.presets import Preset

__all__ = ["GATHER_TRADE_BUILD"]

# Enough to learn to trade and to build; longer trainings spend the rest at the full cost of labor.
_FULL_COST_STEPS = 2_400_000


class _GatherTradeBuild(Preset):
    def curriculum(self, env: Any, steps: int, *, experienced: bool = False) -> dict[str, Any]:
        full = 0 if experienced else _steps_to_full_cost(steps)
        curriculum: dict[str, Any] = {}
        if not experienced:
            # Who bears the full cost of labor from the start learns to be idle before learning to
            # build, so labor is free at first.
            curriculum["labor_cost_weight"] = [[0, 0.0], [full, 1.0]]
        if _planner_learns(env):
            # A planner that knows nothing yet sets any rate that is allowed.
            cap = f"parts.{PeriodicBracketTax.name}.rate_cap"
            curriculum[cap] = [[full, 0.1], [full + max(1, (steps - full) // 2), 1.0]]
        return curriculum

    def settings(
        self, env: Any, steps: int, role: str | None = None, *, experienced: bool = False
    ) -> dict[str, Any]:
        steps = max(steps, 20)
        if role == "planner":
            # What counts is the end of the year, and not how soon one comes near it. Its decisions
            # are few and their effects noisy, so that much entropy would leave them to chance.
            entropy = [[0, 0.004], [steps - steps // 5, 0.001]]
            learning = {"learning_rate": 1e-3, "entropy": entropy, "minibatches": 2}
            # Workers who only know its own rates do not know what others would do to them.
            learning["stand_in"] = 1 / 3
            return {"discount": 1.0, "gae_lambda": 1.0, **learning}
        if role is not None:
            return {}
        sizes: dict[str, Any] = {}
        if _planner_learns(env):
            # Whole years, so that a planner is credited with what comes of its rates, and not with
            # what its critic believes: more equality is there at once, and output goes later.
            copies = 4 * max(1, 3000 // env.horizon)
            sizes = {"unroll": env.horizon, "environments": copies, "minibatches": 4}
        if experienced:
            return {"discount": 0.998, **sizes}
        # While labor is cheap what counts comes soon, and is learned sooner if agents look less far
        # ahead. At its full cost margins are thin, and a unit that is sold later has to pay.
        full = _steps_to_full_cost(steps)
        return {"discount": [[0, 0.99], [0.6 * full, 0.99], [full, 0.998]], **sizes}


def _planner_learns(env: Any) -> bool:
    tax = env.component(PeriodicBracketTax.name)
    return tax is not None and tax.set_by == "levels"


def _steps_to_full_cost(steps: int) -> int:
    """How many of a training's steps it takes until labor costs its full price."""
    return max(1, min(steps // 2, _FULL_COST_STEPS))


GATHER_TRADE_BUILD = _GatherTradeBuild()
