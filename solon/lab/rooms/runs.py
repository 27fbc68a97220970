"""The room Runs: trainings, how they went, how they compare, and their reports."""

import contextlib
import functools
import logging
import pathlib
import tempfile
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from ..._terminal import visible
from ...errors import ConfigurationError, DamageError
from ...runs.errors import RunError
from ...runs.folder import METRICS, RunFolder
from ...runs.metrics import read_metrics
from .. import jobs, run_list, style, trainings
from ..foreign import plain
from ..results import result
from ..run_list import LARGEST_TABLE, Found, Run
from ..settings import settings
from ..state import arrived, link, write
from ..words import in_words

if TYPE_CHECKING:
    import pyarrow

__all__ = ["render"]

_CHOSEN, _GONE = "runs-chosen", "runs-gone"
_MOST, _LONGEST, _LISTED = 6, 130, 50
_LOG = logging.getLogger("solon.lab")


def render() -> None:
    """Draw the room."""
    st.title("What did my trainings come to?")
    root = settings().runs
    st.caption(f"Runs in the folder {plain(root.name)}. `solon lab --runs FOLDER` shows others.")
    trainings.forms(root)
    trainings.progress()
    found = run_list.find(root, also=_wanted())
    runs = found.runs
    _begin(runs)
    if not runs:
        _left_out(found)
        st.info(
            "There are no runs in this folder yet. Start one above, or in a terminal with "
            "`solon train` or `make demo`."
        )
        return
    _listed(found)
    chosen = _chosen(runs)
    if not chosen:
        st.info("Choose one or more runs to see how they went.")
        return
    _learning(root, chosen)
    _comparison(root, chosen)
    _files(root, chosen)


def _listed(found: Found) -> None:
    runs = found.runs
    lines = ["| run | how it stands | steps | begun (UTC) |", "|---|---|---:|---|"]
    for run in runs[:_LISTED]:
        name = plain(run.name)
        if run.folder is None:
            lines.append(f"| {name} | cannot be read: {plain(run.problem, 200)} | | |")
            continue
        stands = plain(run.folder.outcome, 20)
        lines.append(f"| {name} | {stands} | {_steps(run.folder)} | {_when(run.folder)} |")
    with st.expander(f"{len(runs)} run{'s' * (len(runs) > 1)}", expanded=len(runs) <= 8):
        st.markdown("\n".join(lines))
        if len(runs) > _LISTED:
            st.caption(f"The table has the {_LISTED} newest. All {len(runs)} can be chosen below.")
    _left_out(found)


def _left_out(found: Found) -> None:
    """Say which runs are not in the list."""
    if found.older:
        st.caption(
            f"{found.older:,} older runs are left out. Their names in the address open them: "
            "/runs?runs=NAME."
        )
    if found.unnamed:
        st.caption(
            f"{found.unnamed:,} run folder{'s are' if found.unnamed > 1 else ' is'} left out: a "
            "name has up to 64 letters, digits, dots, hyphens and underscores."
        )


def _steps(folder: RunFolder) -> str:
    steps, planned = folder.saved_steps, folder.config.get("steps")
    known = type(planned) is int and 0 <= planned < 10**15
    return f"{steps:,}"[:40] + (f" of {planned:,}" if known else "")


def _when(folder: RunFolder) -> str:
    """Day and minute, in UTC as the run has it."""
    return plain(folder.created[:16].replace("T", " "))


def _names(runs: Sequence[Run]) -> list[str]:
    return [run.name for run in runs if run.folder is not None]


def _wanted() -> list[str]:
    """Names that a link brought, or that were chosen before."""
    brought = arrived("runs")
    names = brought.split(",") if brought else st.session_state.get(_CHOSEN, [])
    return [name for name in names if name][: 2 * _MOST]


def _begin(runs: Sequence[Run]) -> None:
    """Take what a link brought, and say which of the chosen runs are not there (any more)."""
    names, brought, state = _names(runs), arrived("runs"), st.session_state
    if brought or _CHOSEN not in state:
        state[_CHOSEN] = (_wanted() if brought else []) or names[:1]
        state[_GONE] = []
    state[_GONE] += [name for name in state[_CHOSEN] if name not in names]
    state[_CHOSEN] = [name for name in state[_CHOSEN] if name in names][:_MOST]
    if state[_GONE]:
        said = ", ".join(plain(name[:_LONGEST]) for name in state[_GONE][:_MOST])
        st.warning(f"Not in the folder, or not any more: {said}.")


def _chosen(runs: Sequence[Run]) -> list[str]:
    """Choose among the runs that can be read; the address holds which."""
    chosen = st.multiselect(
        "Runs to look at",
        _names(runs),
        key=_CHOSEN,
        max_selections=_MOST,
        on_change=lambda: st.session_state.update({_GONE: []}),
    )
    write("runs", ",".join(chosen) or None)
    return list(chosen)


def _open(root: pathlib.Path, names: Sequence[str]) -> list[tuple[str, RunFolder]]:
    """Those that are still there; the page says which are not."""
    found = []
    for name in names:
        try:
            found.append((name, run_list.opened(root, name)))
        except ConfigurationError as error:
            st.warning(f"{plain(name)}: {plain(in_words(error))}")
    return found


def _learning(root: pathlib.Path, names: Sequence[str]) -> None:
    from ...figures import learning_curves
    from ...figures.learning_curves import panels_of

    st.subheader("How they learned")
    curves: dict[str, dict[str, np.ndarray]] = {}
    for name, folder in _open(root, names):
        with _told(name):
            table = _metrics(folder)
            if table.num_rows:
                columns = {c: table[c].to_numpy().astype(float) for c in table.column_names}
                # What can be drawn alone can be drawn beside others.
                if panels_of({name: columns}):
                    learning_curves({name: columns})
                    curves[name] = columns
    if not curves:
        st.caption("Nothing was logged yet.")
        return
    style.figure(
        learning_curves(curves, style.figure_style()),
        key="runs-learning",
        caption="As logged (thin) and as a moving average over a fiftieth of it (thick).",
    )


@contextlib.contextmanager
def _told(name: str) -> Iterator[None]:
    """Say what is wrong with a run, so that a damaged one does not hide the others."""
    try:
        yield
    except ConfigurationError as error:
        st.warning(f"{plain(name)}: {plain(in_words(error))}")
    except (RunError, OSError) as error:
        st.warning(f"{plain(name)}: {plain(error)}")
    except Exception:
        _LOG.exception("the run %s cannot be shown", visible(name))
        st.warning(
            f"{plain(name)}: something in this run folder is not as a training writes it; the "
            "terminal has the details."
        )


def _comparison(root: pathlib.Path, names: Sequence[str]) -> None:
    import dataclasses

    from ...figures import outcomes, paired_differences
    from ...figures.run_report import load_outcomes

    st.subheader("What they came to")
    found = []
    for name, folder in _open(root, names):
        try:
            found.append(
                dataclasses.replace(load_outcomes(folder, most=LARGEST_TABLE), regime=name)
            )
        except Exception as error:
            left, right = st.columns([5, 1], vertical_alignment="center")
            damage = f": {in_words(error)}" if isinstance(error, DamageError) else ""
            left.caption(f"{plain(name)} was not evaluated yet{plain(damage) or '.'}")
            ready = folder.saved_steps > 0
            if right.button("Evaluate", key=f"evaluate-{name}", disabled=not ready):
                _evaluate(root, name, folder)
    if not found:
        return
    with st.container(horizontal=True):
        for one in found:
            if one.room is not None:
                words = f"Watch a year of {plain(one.regime)}"
                link(one.room, words, address={"run": one.regime}, icon=":material/play_circle:")
    with _told("These runs cannot be compared"):
        drawn = style.figure_style()
        style.figure(
            outcomes(found, drawn),
            key="runs-outcomes",
            caption="Each dot is an evaluated episode. Diamonds are means, bars run from the 10th "
            "to the 90th percentile of episodes: one training each, so that nothing follows about "
            "other trainings.",
        )
        if len(found) > 1:
            style.figure(
                paired_differences(found, drawn),
                key="runs-differences",
                caption=f"Difference to {plain(found[0].regime)} in the same episode.",
            )


def _evaluate(root: pathlib.Path, name: str, folder: RunFolder) -> None:
    try:
        jobs.start(name, "evaluation", ["evaluate", str(folder.path)], root)
        st.rerun()
    except ConfigurationError as error:
        st.error(plain(in_words(error)))


def _files(root: pathlib.Path, names: Sequence[str]) -> None:
    from ...figures.run_report import load_outcomes

    st.subheader("Files")
    for name, folder in _open(root, names):
        left, middle, right = st.columns([2, 1, 1], vertical_alignment="center")
        left.markdown(f"**{plain(name)}**")
        file = name.replace("/", "-")
        if middle.button("Prepare the report", key=f"report-{name}", width="stretch"):
            try:
                load_outcomes(folder, most=LARGEST_TABLE)
            except ConfigurationError:
                st.error(f"{plain(name)}: evaluate it first.")
                continue
            with _told(name):
                page = _report(folder)
                right.download_button(
                    "Save the report", page, f"{file}.html", "text/html", on_click="ignore"
                )
        else:
            try:
                table = _metrics(folder)
            except Exception:
                continue  # said above, where the curves would be
            if table.num_rows:
                right.download_button(
                    "Save the curves",
                    functools.partial(_as_csv, table),
                    f"{file}.csv",
                    "text/csv",
                    on_click="ignore",
                    key=f"curves-{name}",
                )


def _report(folder: RunFolder) -> bytes:
    from ...figures.run_report import write_run_report

    note = "One training with one seed: another seed may come out differently."
    with tempfile.TemporaryDirectory() as place:
        path = write_run_report(
            [folder], pathlib.Path(place) / "report.html", note=note, most=LARGEST_TABLE
        )
        return path.read_bytes()


def _metrics(folder: RunFolder) -> "pyarrow.Table":
    """What was logged, read again only if more was; raises as `read_metrics` does, or OSError."""
    place = folder.path / METRICS
    parts = sorted((p.name, p.stat().st_mtime_ns) for p in place.glob("*.parquet"))
    key = {"what": "metrics", "run": str(place), "created": folder.created, "parts": parts}
    return result(key, lambda: read_metrics(place, most=LARGEST_TABLE))


def _as_csv(table: "pyarrow.Table") -> bytes:
    import pyarrow
    import pyarrow.csv

    sink = pyarrow.BufferOutputStream()
    pyarrow.csv.write_csv(table, sink)
    return bytes(sink.getvalue().to_pybytes())
