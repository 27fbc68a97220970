"""The rooms of the lab: each a module with `render`, and `warm_up` if it has functions to compile.

A room's own name is that of its module, and its address that name.
"""

import dataclasses

__all__ = ["ROOMS", "Room"]


@dataclasses.dataclass(frozen=True)
class Room:
    """A room.

    Attributes:
        module: in this package, and its place in the address.
        title: in the menu.
        question: that it answers.
    """

    module: str
    title: str
    question: str


ROOMS = (
    Room("home", "Home", "Where do I begin?"),
    Room("tax", "Tax", "What would this tax do?"),
    Room("world", "World", "What happens in a year?"),
    Room("play", "Play", "Can I do better than the machine?"),
    Room("pandemic", "Pandemic", "What would have saved more lives and jobs?"),
    Room("runs", "Runs", "What did my trainings come to?"),
)
