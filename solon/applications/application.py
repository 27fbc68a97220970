"""What an application offers to the command line, to `solon reproduce` and to the lab."""

import dataclasses
from collections.abc import Mapping

__all__ = ["Application", "Room"]


@dataclasses.dataclass(frozen=True)
class Room:
    """A room of the lab.

    Attributes:
        name: its place in the address.
        title: in the menu.
        question: that it answers.
        module: with `render`, and with `warm_up` if it has functions to compile.
        warm: its place among the rooms that are made ready when nobody waits for one; None for a
            room that has nothing to compile.
    """

    name: str
    title: str
    question: str
    module: str
    warm: int | None = None


@dataclasses.dataclass(frozen=True)
class Application:
    """What an application has to offer, by the names that people use.

    Attributes:
        commands: what is typed after `solon` -> the module with options as a dataclass `Options`,
            and `run`.
        studies: what is typed after `solon reproduce` -> the module with a `Study` named `STUDY`.
        rooms: of the lab, in the order of its menu.
        outcomes: what it adds to the outcomes of economies: name of the economy -> the module with
            `evaluate`, which plays episodes as `solon.evidence.run` does and gives a subclass of
            `Outcomes`, and `load`, which reads what that saves.
        trainings: the module with a form for the room Runs, `form(root)`, which starts trainings
            whose run folders will be in `root`.
        entries: kinds of entries of the zoo that are its own -> what is said where another kind is
            asked for.
        policies: that may drive a role, by name -> where a `solon.runs.policies.PolicyMaker` is, as
            `module:attribute`.
        presets: settings that suit an economy: its name -> where a `solon.runs.Preset` is, as
            `module:attribute`.
    """

    commands: Mapping[str, str]
    studies: Mapping[str, str]
    rooms: tuple[Room, ...]
    outcomes: Mapping[str, str] = dataclasses.field(default_factory=dict)
    trainings: str | None = None
    entries: Mapping[str, str] = dataclasses.field(default_factory=dict)
    policies: Mapping[str, str] = dataclasses.field(default_factory=dict)
    presets: Mapping[str, str] = dataclasses.field(default_factory=dict)
