"""Tax policy for a society that nobody describes to the planner, where the truth is known."""

from ..application import Application, Room

__all__ = ["APPLICATION"]

APPLICATION = Application(
    commands={},
    studies={"unknown-society": f"{__name__}.study.study"},
    rooms=(
        Room(
            "society",
            "Society",
            "Which tax suits a society that nobody described?",
            f"{__name__}.rooms.society",
            warm=4,
        ),
    ),
)
