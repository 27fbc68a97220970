"""Bridges to other libraries: Solon's economies in their interfaces, and their games as economies.

Each bridge needs its library, `pip install 'solon[interop]'` has them all, and nothing is imported
before it is asked for. Games of gymnax and Jumanji have names that `solon.make` and the command
line know: `gymnax:CartPole-v1`, `jumanji:Snake-v1`.
"""

from typing import TYPE_CHECKING

from .._lazy import lazy

if TYPE_CHECKING:
    from .from_gymnax import GymnaxEconomy, gymnax_economy
    from .from_jumanji import JumanjiEconomy, jumanji_economy
    from .to_gymnasium import GymnasiumEnv, GymnasiumVectorEnv
    from .to_jaxmarl import JaxMARLEnv
    from .to_pettingzoo import PettingZooEnv

__all__ = [
    "GymnasiumEnv",
    "GymnasiumVectorEnv",
    "GymnaxEconomy",
    "JaxMARLEnv",
    "JumanjiEconomy",
    "PettingZooEnv",
    "gymnax_economy",
    "jumanji_economy",
]

__getattr__ = lazy(
    __name__,
    {
        "GymnasiumEnv": "to_gymnasium",
        "GymnasiumVectorEnv": "to_gymnasium",
        "GymnaxEconomy": "from_gymnax",
        "JaxMARLEnv": "to_jaxmarl",
        "JumanjiEconomy": "from_jumanji",
        "PettingZooEnv": "to_pettingzoo",
        "gymnax_economy": "from_gymnax",
        "jumanji_economy": "from_jumanji",
    },
)
