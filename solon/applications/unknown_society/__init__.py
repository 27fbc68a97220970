"""Tax policy for a society that nobody describes to the planner, where the truth is known."""

from ..application import Application

__all__ = ["APPLICATION"]

APPLICATION = Application(
    commands={}, studies={"unknown-society": f"{__name__}.study.study"}, rooms=()
)
