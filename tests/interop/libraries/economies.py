"""Economies that go through every bridge: of each kind of action, mask, pace and end."""

import solon
from solon.agents import RandomPolicy
from tests.learning.economies import MaskedBandit, Targets
from tests.learning.sudden import Sudden
from tests.test_docs import ROOT

__all__ = ["ECONOMIES", "randomly"]

ECONOMIES = {
    "two roles, one decides every fourth step": solon.make(
        f"{ROOT / 'examples' / 'commons.py'}:Commons", horizon=12
    ),
    "members leave, and episodes end at any step": Sudden(),
    "two choices at once, of which some are barred": MaskedBandit(),
    "real numbers": Targets(),
    "gather-trade-build": solon.make(
        "gather-trade-build",
        workers=2,
        horizon=20,
        view=2,
        **{"periodic-bracket-tax": {"period": 5}},
    ),
}


def randomly(env):
    """A policy for each role."""
    return {name: RandomPolicy(role) for name, role in env.roles.items()}
