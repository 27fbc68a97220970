"""How consumers, firms and a government had better learn in the business cycle."""

from typing import Any

from ..environment import Environment
from .presets import Preset

__all__ = ["BUSINESS_CYCLE"]

# Of the published clock of 200,000 episodes: when firms begin to learn, and the government.
_FIRMS, _GOVERNMENT = 0.15, 0.3
# The time constant with which work comes to cost what it costs, as a share of the training.
_WORK = 0.05
_PRICE, _WAGE = 1000.0, 22.0


class _BusinessCycle(Preset):
    """The published curriculum, on the clock of the run.

    Consumers learn first, while work costs them little at the beginning, and prices and wages come
    in a range that widens. Then firms learn, while tax rates come in such a range, and then the
    government. Learning all at once ends more often in an economy where nobody works.
    """

    def settings(
        self, env: Any, steps: int, role: str | None = None, *, experienced: bool = False
    ) -> dict[str, Any]:
        begins = {"firm": _FIRMS, "government": _GOVERNMENT}.get(role or "", 0.0)
        begins = 0 if experienced else int(begins * steps)
        if role is None:
            return {
                "environments": 128,
                "unroll": env.horizon,
                "epochs": 2,
                "minibatches": 4,
                "hidden": (128, 128),
                "clip": 0.1,
                "gradient_clip": 2.0,
                "discount": 0.9999,
                "gae_lambda": 1.0,
                **self._of_role(env, steps, 0),
            }
        if role not in ("firm", "government") or role not in env.roles:
            return {}
        own = self._of_role(env, steps, begins)
        if role == "government":
            # The table of the paper has half the rate of the others; its program a twentieth.
            own["learning_rate"] = 5e-5 if env.compatibility == "foundation" else 5e-4
        return own | ({"learns_from": begins} if begins else {})

    def _of_role(self, env: Any, steps: int, begins: int) -> dict[str, Any]:
        """Entropy falls to a tenth in the time that it takes in the published training."""
        low = begins + max(1, int(0.115 * steps))
        return {"learning_rate": 1e-3, "entropy": [[begins, 0.1], [low, 0.01]]}

    def curriculum(
        self, env: Environment, steps: int, *, experienced: bool = False
    ) -> dict[str, Any]:
        if experienced or steps < 100:
            return {}
        usual: Any = env.default_params()
        # Of numbers in single precision, what was meant.
        theta = round(float(usual.work_disutility), 6)
        firms, government = int(_FIRMS * steps), int(_GOVERNMENT * steps)
        shares = [(0, 0.0), (1, 0.632), (2, 0.865), (3, 0.95), (6, 1.0)]
        found: dict[str, Any] = {
            "work_disutility": [
                [int(n * _WORK * steps), round(theta * share, 8)] for n, share in shares
            ]
        }
        posting = usual.parts["posting"]
        for what, begin in (("price", _PRICE), ("wage", _WAGE)):
            for end in ("lowest", "highest"):
                name = f"{end}_{what}"
                found[f"parts.posting.{name}"] = [
                    [0, begin],
                    [firms, round(float(posting[name]), 4)],
                ]
        if "flat-taxes" in usual.parts:
            for tax, highest in usual.parts["flat-taxes"].items():
                points = [[firms, 0.0], [government, round(float(highest), 6)]]
                found[f"parts.flat-taxes.{tax}"] = points
        return found


BUSINESS_CYCLE = _BusinessCycle()
