"""The room Runs: trainings, how they went, how they compare, and their reports."""

import pathlib
import tempfile
from collections.abc import Sequence

import numpy as np
import streamlit as st

from ...errors import ConfigurationError
from ...runs.folder import METRICS, RunFolder
from ...runs.metrics import read_metrics
from .. import jobs, run_list, style, tax_controls
from ..run_list import Run
from ..settings import settings
from ..state import arrived, write
from ..style import plain

__all__ = ["render"]

_WAIT = 3
_PLANNERS = {
    "free-market": "no taxes",
    "us-federal": "the US federal rates",
    "learned": "a planner that learns",
    "saez": "Saez's formula",
    "search": "rates that are searched for",
    "random": "another schedule in each year",
    "here": "the schedule of the Tax room",
}
_SIZES = {"quick look": 200_000, "ten minutes": 2_000_000, "an hour": 10_000_000}
_PROBLEM = "runs-problem"


def render() -> None:
    """Draw the room."""
    st.title("What did my trainings come to?")
    root = settings().runs
    st.caption(f"Runs in the folder {plain(root.name)}. `solon lab --runs FOLDER` shows others.")
    _new(root)
    _running()
    runs = run_list.find(root)
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


def _new(root: pathlib.Path) -> None:
    with st.expander("Start a training"), st.form("new-run"):
        st.caption(
            "Four workers in Open-Quadrant. It runs in a process of its own: you may close this "
            "page, and the lab, too."
        )
        first, second, third, fourth = st.columns(4)
        planner = first.selectbox(
            "Workers live under", list(_PLANNERS), format_func=lambda name: _PLANNERS[name]
        )
        size = second.selectbox("How long", list(_SIZES), help="On two cores, roughly.")
        seed = third.number_input("Seed", 0, 2**31, 0, help="All luck comes from it.")
        name = fourth.text_input("Name", "my-run", max_chars=64)
        if st.form_submit_button("Start", type="primary"):
            st.session_state[_PROBLEM] = _start(root, name, planner, _SIZES[size], int(seed))
    problem = st.session_state.get(_PROBLEM)
    if problem:
        st.error(plain(problem))


def _start(root: pathlib.Path, name: str, planner: str, steps: int, seed: int) -> str:
    """Start it; what is wrong, or nothing."""
    try:
        place = run_list.new_place(root, name)
        if planner == "here":
            planner = str(_schedule_file(root, name))
        arguments = ["train", "--steps", str(steps), "--seed", str(seed), "--run", str(place)]
        arguments += ["--planner", planner, "--option", "view=3", "--layout", "open-quadrant"]
        jobs.start(name, f"training under {_PLANNERS.get(planner, 'a schedule')}", arguments, root)
    except ConfigurationError as error:
        return str(error)
    except OSError as error:
        return f"The folder of runs can not be written: {error.strerror}."
    return ""


def _schedule_file(root: pathlib.Path, name: str) -> pathlib.Path:
    from ...runs.atomic import write_file
    from ...runs.schedules import schedule_text

    folder = root / ".lab"
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / f"{name}.yaml"
    write_file(place, schedule_text(tax_controls.held()).encode())
    return place


@st.fragment(run_every=_WAIT)
def _running() -> None:
    """What was started here, as it goes on."""
    found = jobs.all_jobs()
    if not found:
        return
    for job in found:
        words = f"**{plain(job.run)}**, {plain(job.words)}"
        line = plain(job.last_line())
        if job.running:
            left, right = st.columns([5, 1], vertical_alignment="center")
            left.info(f"{words}: running. {line}")
            if right.button("Stop", key=f"stop-{job.run}", width="stretch"):
                jobs.stop(job.run)
        elif job.failed:
            st.error(f"{words}: it ended before it was done. {line}")
        else:
            st.success(f"{words}: done.")
    now = tuple(job.running for job in found)
    if st.session_state.get("jobs-before", now) != now:
        st.session_state["jobs-before"] = now
        st.rerun()
    st.session_state["jobs-before"] = now


def _listed(runs: Sequence[Run]) -> None:
    lines = ["| run | how it stands | steps | begun |", "|---|---|---:|---|"]
    for run in runs[:50]:
        name = plain(run.name)
        if run.folder is None:
            lines.append(f"| {name} | can not be read: {plain(run.problem)} | | |")
            continue
        steps, planned = run.folder.saved_steps, run.folder.config.get("steps")
        whole = f"{steps:,}" + (f" of {planned:,}" if isinstance(planned, int) else "")
        lines.append(f"| {name} | {run.folder.outcome} | {whole} | {plain(run.folder.created)} |")
    with st.expander(f"{len(runs)} run{'s' * (len(runs) > 1)}", expanded=len(runs) <= 8):
        st.markdown("\n".join(lines))


def _chosen(runs: Sequence[Run]) -> list[str]:
    """Names of runs that can be read, which the address holds."""
    names = [run.name for run in runs if run.folder is not None]
    key = "runs-chosen"
    brought = arrived("runs")
    if brought or key not in st.session_state:
        given = [name for name in (brought or "").split(",") if name in names]
        st.session_state[key] = given or names[:1]
    # A folder that is gone is no choice any more.
    st.session_state[key] = [name for name in st.session_state[key] if name in names]
    chosen = st.multiselect("Runs to look at", names, key=key, max_selections=6)
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
            table = read_metrics(folder.path / METRICS)
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
                curves = _curves(folder)
            except (ConfigurationError, OSError) as error:
                st.warning(plain(f"{name}: {error}"))
                continue
            if curves:
                right.download_button(
                    "Save the curves",
                    curves,
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


def _curves(folder: RunFolder) -> bytes:
    """As CSV; nothing if nothing was logged."""
    import pyarrow
    import pyarrow.csv

    table = read_metrics(folder.path / METRICS)
    if not table.num_rows:
        return b""
    sink = pyarrow.BufferOutputStream()
    pyarrow.csv.write_csv(table, sink)
    return bytes(sink.getvalue().to_pybytes())
