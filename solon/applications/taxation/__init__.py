"""Tax policy in societies of workers: schedules, formulas, planners that learn, and their study."""

from ..application import Application, Room

__all__ = ["APPLICATION"]

APPLICATION = Application(
    commands={
        "demo": f"{__name__}.commands.demo",
        "schedule": f"{__name__}.commands.schedule",
    },
    studies={
        "tax": f"{__name__}.study.pilot",
        "tax-theory": f"{__name__}.study.theory",
    },
    policies={
        name: f"{__name__}.policies.named:{name.upper()}"
        for name in ("random", "saez", "schedule", "search")
    },
    presets={"gather-trade-build": f"{__name__}.presets:GATHER_TRADE_BUILD"},
    trainings=f"{__name__}.rooms.training",
    outcomes={"gather-trade-build": f"{__name__}.outcomes"},
    rooms=(
        Room("tax", "Tax", "What would this tax do?", f"{__name__}.rooms.tax", warm=0),
        Room("world", "World", "What happens in a year?", f"{__name__}.rooms.world", warm=3),
        Room("play", "Play", "Can I do better than the machine?", f"{__name__}.rooms.play", warm=2),
    ),
)
