"""The room Runs: trainings, how they went, how they compare, and their reports."""

import functools
import pathlib
import tempfile
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from ...errors import ConfigurationError
from ...runs.folder import METRICS, RunFolder
from ...runs.metrics import read_metrics
from .. import jobs, run_list, style, trainings
from ..results import result
from ..run_list import Run
from ..settings import settings
from ..state import arrived, link, write
from ..style import plain

if TYPE_CHECKING:
    import pyarrow

__all__ = ["render"]

_CHOSEN, _GONE = "runs-chosen", "runs-gone"
_MOST, _LONGEST = 6, 130


def render() -> None:
    """Draw the room."""
    st.title("What did my trainings come to?")
    root = settings().runs
    st.caption(f"Runs in the folder {plain(root.name)}. `solon lab --runs FOLDER` shows others.")
    trainings.form(root)
    trainings.progress()
    runs = run_list.find(root)
    _begin(runs)
    if not runs:
        st.info(
            "There are no runs in this folder yet. Start one above, or in a terminal with "
            "`solon train` or `make demo`."
        )
        return
    _listed(runs)
    chosen = _chosen(runs)
    if not chosen:
        st.info("Choose one or more runs to see how they went.")
        return
    _learning(root, chosen)
    _comparison(root, chosen)
    _files(root, chosen)


def _listed(runs: Sequence[Run]) -> None:
    lines = ["| run | how it stands | steps | begun (UTC) |", "|---|---|---:|---|"]
    for run in runs[:50]:
        name = plain(run.name)
        if run.folder is None:
            lines.append(f"| {name} | can not be read: {plain(run.problem)} | | |")
            continue
        steps, planned = run.folder.saved_steps, run.folder.config.get("steps")
        whole = f"{steps:,}" + (f" of {planned:,}" if isinstance(planned, int) else "")
        lines.append(f"| {name} | {run.folder.outcome} | {whole} | {plain(_when(run.folder))} |")
    with st.expander(f"{len(runs)} run{'s' * (len(runs) > 1)}", expanded=len(runs) <= 8):
        st.markdown("\n".join(lines))


def _when(folder: RunFolder) -> str:
    """Day and minute, in UTC as the run has it."""
    return folder.created[:16].replace("T", " ")


def _names(runs: Sequence[Run]) -> list[str]:
    return [run.name for run in runs if run.folder is not None]


def _begin(runs: Sequence[Run]) -> None:
    """Take what a link brought, and say which of the chosen runs are not there (any more)."""
    names, brought, state = _names(runs), arrived("runs"), st.session_state
    if brought or _CHOSEN not in state:
        state[_CHOSEN] = [name for name in (brought or "").split(",") if name] or names[:1]
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
            st.warning(plain(f"{name}: {error}"))
    return found


def _learning(root: pathlib.Path, names: Sequence[str]) -> None:
    from ...figures import learning_curves
    from ...figures.learning_curves import panels_of

    st.subheader("How they learned")
    curves: dict[str, dict[str, np.ndarray]] = {}
    for name, folder in _open(root, names):
        try:
            table = _metrics(folder)
        except (ConfigurationError, OSError) as error:
            st.warning(plain(f"{name}: {error}"))
            continue
        if table.num_rows:
            curves[name] = {c: table[c].to_numpy() for c in table.column_names}
    if not curves or not panels_of(curves):
        st.caption("Nothing was logged yet.")
        return
    style.figure(
        learning_curves(curves, style.figure_style()),
        key="runs-learning",
        caption="As logged (thin) and as a moving average over a fiftieth of it (thick).",
    )


def _comparison(root: pathlib.Path, names: Sequence[str]) -> None:
    import dataclasses

    from ...evidence import Evaluation
    from ...figures import outcomes, paired_differences
    from ...figures.run_report import load_outcomes

    st.subheader("What they came to")
    found = []
    for name, folder in _open(root, names):
        try:
            found.append(dataclasses.replace(load_outcomes(folder), regime=name))
        except ConfigurationError:
            left, right = st.columns([5, 1], vertical_alignment="center")
            left.caption(f"{plain(name)} was not evaluated yet.")
            ready = folder.saved_steps > 0
            if right.button("Evaluate", key=f"evaluate-{name}", disabled=not ready):
                _evaluate(root, name, folder)
    if not found:
        return
    with st.container(horizontal=True):
        for one in found:
            if isinstance(one, Evaluation):
                words = f"Watch a year of {plain(one.regime)}"
                link("world", words, address={"run": one.regime}, icon=":material/play_circle:")
    try:
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
    except ConfigurationError as error:
        st.warning(plain(f"These runs can not be compared: {error}"))


def _evaluate(root: pathlib.Path, name: str, folder: RunFolder) -> None:
    try:
        jobs.start(name, "evaluation", ["evaluate", str(folder.path)], root)
        st.rerun()
    except ConfigurationError as error:
        st.error(plain(str(error)))


def _files(root: pathlib.Path, names: Sequence[str]) -> None:
    st.subheader("Files")
    for name, folder in _open(root, names):
        left, middle, right = st.columns([2, 1, 1], vertical_alignment="center")
        left.markdown(f"**{plain(name)}**")
        file = name.replace("/", "-")
        if middle.button("Prepare the report", key=f"report-{name}", width="stretch"):
            try:
                page = _report(folder)
                right.download_button(
                    "Save the report", page, f"{file}.html", "text/html", on_click="ignore"
                )
            except ConfigurationError as error:
                st.error(plain(f"{name}: evaluate it first. {error}"))
        else:
            try:
                table = _metrics(folder)
            except (ConfigurationError, OSError):
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
        path = write_run_report([folder], pathlib.Path(place) / "report.html", note=note)
        return path.read_bytes()


def _metrics(folder: RunFolder) -> "pyarrow.Table":
    """What was logged, read again only if more was; raises as `read_metrics` does, or OSError."""
    place = folder.path / METRICS
    parts = sorted((p.name, p.stat().st_mtime_ns) for p in place.glob("*.parquet"))
    key = {"what": "metrics", "run": str(place), "created": folder.created, "parts": parts}
    return result(key, lambda: read_metrics(place))


def _as_csv(table: "pyarrow.Table") -> bytes:
    import pyarrow
    import pyarrow.csv

    sink = pyarrow.BufferOutputStream()
    pyarrow.csv.write_csv(table, sink)
    return bytes(sink.getvalue().to_pybytes())
