"""Saved games of a class, ranked by what their rates come to."""

from collections.abc import Sequence

import streamlit as st

from ....errors import ConfigurationError
from ....lab.foreign import plain
from ....lab.uploads import printable
from ....lab.words import in_words
from ..game import Society, standing
from ..game.files import Saved, load, ranked
from ..game.govern import BEST
from .shown import found, percent, society_words

__all__ = ["upload"]

_MOST = 60
"""Files at a time: a class."""

_OFF = 0.005


def upload() -> None:
    """Take saved games, and rank those of each society."""
    with st.expander("Rank saved games"):
        files = st.file_uploader(
            f"Games that were saved here, up to {_MOST} at a time",
            type="json",
            accept_multiple_files=True,
            max_upload_size=1,
        )
        if len(files) > _MOST:
            st.warning(f"The first {_MOST} of {len(files)} files are ranked.")
        games: dict[Society, list[Saved]] = {}
        for file in files[:_MOST]:
            try:
                game = load(file.getvalue())
            except ConfigurationError as error:
                name = plain(printable(file.name))
                st.error(f"{name} is left out. {plain(in_words(error))}")
                continue
            games.setdefault(game.society, []).append(game)
        for society, played in games.items():
            _table(society, played)


def _table(society: Society, games: Sequence[Saved]) -> None:
    known = found(society)
    shocks = "with yearly shocks" if society.shocks else "without shocks"
    st.markdown(f"##### Society {society.luck}, {shocks}\n{society_words(known)[:1].upper()}"
                f"{society_words(known)[1:]}.")  # fmt: skip
    machines = {BEST: known.best, **known.courses}
    rows = [(None, who, standing(one, known), one.rates) for who, one in machines.items()]
    people = ranked(games, known)
    rows += [(game, game.player, reached, game.rates) for game, reached in people]  # type: ignore[misc]
    rows.sort(key=lambda row: -row[2].welfare)
    places = {id(game): place for place, (game, _) in enumerate(people, start=1)}
    lines = [
        "| place | who | gap closed | last five years | welfare | rates (%) |",
        "|---:|---|---:|---:|---:|---|",
    ]
    for game, who, reached, rates in rows:
        place = str(places[id(game)]) if game is not None else ""
        name = f"**{plain(who)}**" if game is not None else who
        shares = percent(reached.all_years), percent(reached.last_five)
        said = ", ".join(f"{100 * rate:.0f}" for rate in rates)
        cells = (place, name, *shares, f"{reached.welfare:.3f}", said)
        lines.append(f"| {' | '.join(cells)} |")
    st.markdown("\n".join(lines))
    st.caption("Counted anew from the rates in the files; what these say of a share is not used.")
    for game, reached in people:
        if _is_off(game.said, reached.all_years):
            st.warning(
                f"The file of {plain(game.player)} says {percent(game.said)}; its rates come to "
                f"{percent(reached.all_years)}."
            )


def _is_off(said: float | None, share: float | None) -> bool:
    if said is None or share is None:
        return said is not share
    return abs(said - share) > _OFF
