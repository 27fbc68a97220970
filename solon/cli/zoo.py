"""Show what the zoo knows of a policy, or pack a run into an entry."""

import dataclasses
from typing import Annotated, Literal

import tyro

from .._terminal import say
from ..errors import require
from ..zoo.files import STATUSES

__all__ = ["Options", "run"]


@dataclasses.dataclass(frozen=True)
class Options:
    """Print the card of a policy of the zoo, or make one of a run.

    `solon list zoo` names them. `solon zoo pack RUN NAME` takes the newest checkpoint of a run that
    was evaluated (`solon evaluate RUN`), and writes all scores of the card from that evaluation.
    """

    what: Annotated[Literal["show", "pack"], tyro.conf.Positional, tyro.conf.arg(metavar="VERB")]
    """show or pack."""
    subjects: Annotated[tuple[str, ...], tyro.conf.Positional, tyro.conf.arg(metavar="NAME")]
    """With show: NAME. With pack: RUN NAME."""
    status: Annotated[str, tyro.conf.arg(metavar="|".join(STATUSES))] = "provisional"
    """With pack: how much stands behind it."""
    card_note: Annotated[str, tyro.conf.arg(metavar="TEXT", help_behavior_hint="")] = ""
    """With pack: what else a reader of the card has to know."""


def run(options: Options) -> int:
    """Print the card, or pack and say where."""
    subjects = options.subjects
    if options.what == "show":
        require(options.status == "provisional", "--status", options.status, "with pack only")
        require(options.card_note == "", "--card-note", options.card_note, "with pack only")
        require(len(subjects) == 1, "zoo show", " ".join(subjects), "one NAME")

        from ..zoo.files import read_entry

        card = read_entry(subjects[0], kind=None).card
        say(*card.removesuffix("\n").split("\n"))
        return 0
    require(len(subjects) == 2, "zoo pack", " ".join(subjects), "RUN NAME")

    from ._runtime import prepare

    prepare()

    from ..zoo.packing import pack

    place = pack(*subjects, status=options.status, note=options.card_note)
    size = sum(file.stat().st_size for file in place.iterdir())
    say(f"{place} ({size:,} bytes)")
    return 0
