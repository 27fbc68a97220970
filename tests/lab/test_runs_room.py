"""The room Runs: folders that come and go, names that are no names, and trainings that die."""

import json
import os
import re
import sys
import time

import pytest

from solon.errors import ConfigurationError
from solon.lab import jobs, run_list
from solon.lab.rooms import runs
from solon.runs.folder import EVALUATION, METRICS, RunFolder
from solon.runs.metrics import MetricsWriter
from solon.runs.seals import sealed
from tests.figures import synthetic
from tests.lab.conftest import read, texts

CONFIG = {"economy": "gather-trade-build", "options": {}, "steps": 1000, "seed": 0, "ppo": {}}


def make(root, name, updates=8):
    folder = RunFolder.create(root / name, CONFIG)
    writer = MetricsWriter(folder.path / METRICS)
    for k in range(updates):
        writer.write({"environment_steps": 100 * k, "episode/productivity": 50.0 + k})
    writer.flush()
    return folder


@pytest.fixture
def root(tmp_path):
    place = tmp_path / "runs"
    place.mkdir()
    return place


def test_an_empty_folder_says_how_to_begin(lab):
    page = lab("runs")
    assert not page.exception and "no runs" in texts(page.info)


def test_runs_are_listed_with_their_curves(lab, root):
    make(root, "one")
    make(root, "two")
    page = lab("runs", runs="one,two,../three")
    assert not page.exception and not page.error
    assert page.multiselect(key="runs-chosen").value == ["one", "two"]
    table = read(next(m.value for m in page.markdown if "how it stands" in m.value))
    assert "| one | new | 0 of 1,000 |" in table
    assert "from 50" in texts(page.markdown), "the figure in words"
    page = page.multiselect(key="runs-chosen").set_value(["two"]).run()
    assert page.query_params["runs"] == "two"


def test_a_year_that_was_recorded_can_be_watched(lab, root, monkeypatch):
    links = []
    monkeypatch.setattr(runs, "link", lambda *given, address, **_: links.append((*given, address)))
    found = synthetic.evaluation(episodes=2, steps=100)
    found.save(make(root, "watched").path / EVALUATION)
    make(root, "not-evaluated")
    page = lab("runs", runs="watched,not-evaluated")
    assert not page.exception and not page.warning
    assert links == [("world", "Watch a year of watched", {"run": "watched"})]


def test_a_folder_that_is_deleted_under_an_open_page(lab, root):
    import shutil

    for name in ("one", "two", "three"):
        make(root, name)
    page = lab("runs", runs="one,two")
    shutil.rmtree(root / "one")
    page = page.run()
    assert not page.exception and page.multiselect(key="runs-chosen").value == ["two"]
    assert "not any more: one" in texts(page.warning)
    assert "not any more: one" in texts(page.run().warning)
    page = page.multiselect(key="runs-chosen").set_value(["three"]).run()
    assert not page.warning, "whoever chose again has seen it"
    page = page.multiselect(key="runs-chosen").set_value(["two"]).run()
    shutil.rmtree(root / "three")
    shutil.rmtree(root / "two")
    page = page.run()
    assert not page.exception and "no runs" in texts(page.info)
    assert "not any more: two" in texts(page.warning)


def test_a_folder_that_goes_while_the_page_is_drawn_is_said(lab, root, monkeypatch):
    import shutil

    make(root, "one")
    found = run_list.find(root)
    shutil.rmtree(root / "one")
    monkeypatch.setattr(run_list, "find", lambda place, also: found)
    page = lab("runs", runs="one")
    assert not page.exception and "its folder is gone" in texts(page.warning)


def test_damaged_runs_are_listed_as_what_they_are(lab, root):
    make(root, "good")
    (root / "bad").mkdir()
    (root / "bad" / "run.json").write_text("{")
    make(root, "spoiled")
    part = next((root / "spoiled" / METRICS).iterdir())
    part.write_bytes(b"PAR1 nothing")
    page = lab("runs", runs="good,spoiled")
    assert not page.exception
    assert "cannot be read" in texts(page.markdown)
    assert "undamaged Parquet" in texts(page.warning)


def test_names_from_outside_lead_nowhere(root, tmp_path):
    make(tmp_path, "outside")
    make(root, "inside")
    os.symlink(tmp_path / "outside", root / "link")
    assert [run.name for run in run_list.find(root).runs] == ["inside"]
    for name in ("../outside", "link", "/etc", "inside/../../outside", "", ".", "..", "a/b/c"):
        with pytest.raises(ConfigurationError):
            run_list.opened(root, name)
    os.symlink("/etc", root / "inside" / "evaluation")
    with pytest.raises(ConfigurationError, match="without links"):
        run_list.opened(root, "inside")


@pytest.mark.parametrize("name", ["../x", "/tmp/x", ".hidden", "a b", "<b>", "x" * 65, "", "taken"])
def test_a_training_gets_a_plain_new_name(root, name):
    (root / "taken").mkdir()
    with pytest.raises(ConfigurationError):
        run_list.new_place(root, name)


def test_a_bad_name_is_said_where_it_was_typed(lab, root):
    page = lab("runs")
    page.text_input[0].set_value("../../x")
    page = page.button[0].click().run()
    assert "letters, digits" in texts(page.error)
    assert not jobs.all_jobs()


@pytest.fixture
def no_jobs(monkeypatch):
    monkeypatch.setattr(jobs, "_jobs", {})


def ended(job):
    # Compiling a training takes long where much else runs.
    for _ in range(2400):
        if not job.running:
            return
        time.sleep(0.05)
    raise AssertionError("it did not end")


def test_a_training_that_dies_is_said(lab, root, no_jobs):
    job = jobs.start("dies", "training", ["train", "--steps", "-5"], root)
    ended(job)
    assert job.failed
    page = lab("runs")
    said = texts(page.error)
    assert not page.exception and "ended before it was done" in said and "steps" in said


def test_one_job_a_run_in_a_session_of_its_own(root, no_jobs, monkeypatch):
    sleeper = root / "sleeper"
    sleeper.write_text(f"#!{sys.executable}\nimport time\ntime.sleep(60)\n")
    sleeper.chmod(0o755)
    monkeypatch.setattr(jobs.sys, "executable", str(sleeper))
    job = jobs.start("long", "training", [], root)
    try:
        assert os.getsid(job.process.pid) != os.getsid(0)
        with pytest.raises(ConfigurationError, match="nothing works on"):
            jobs.start("long", "evaluation", [], root)
        assert jobs.stop("long")
        ended(job)
        assert not jobs.stop("long") and not jobs.stop("unknown")
    finally:
        if job.running:
            job.process.kill()


def test_a_run_that_somebody_trains_is_shown_as_running(lab, root):
    folder = make(root, "busy")
    record = json.loads((folder.path / "run.json").read_text())
    record["history"] = [{"outcome": "running"}]
    (folder.path / "run.json").write_text(json.dumps(sealed(record)))
    with folder.lock():
        assert run_list.opened(root, "busy").outcome == "running"
    table = texts(lab("runs").markdown)
    assert "killed" in table, "nobody holds its lock any more"


HOSTILE = "[x](http://evil.example) ![i](http://evil.example/i.png) <img src=x> :streamlit: \x1b[1m"


def rewrite(folder, **changes):
    file = folder.path / "run.json"
    record = json.loads(file.read_text())
    file.write_text(json.dumps(sealed({**record, **changes})))


def test_a_record_that_somebody_else_wrote_is_shown_as_text(lab, root):
    long = 100_000 * "x"
    rewrite(make(root, "hostile"), created=HOSTILE, history=[{"outcome": HOSTILE}])
    rewrite(make(root, "long"), created=long, history=[{"outcome": long}])
    config = {"economy": long, "steps": 10**300, "seed": HOSTILE}
    rewrite(make(root, "odd"), config=config)
    page = lab("runs", runs="hostile,long,odd")
    table = next(m.value for m in page.markdown if "how it stands" in m.value)
    assert not page.exception and not page.error and len(table) < 2000
    row = next(line for line in table.splitlines() if line.startswith("| hostile"))
    # What is not escaped is what the table itself is made of.
    bare = re.sub(r"\\[!-/:-@\[-`{-~]", "", row)
    assert not re.search(r"[][<>()!`:\x00-\x1f]", bare) and "evil" in read(row)


def test_of_many_runs_the_newest_are_shown_and_the_others_counted(lab, root):
    record = {"schema": 1, "created": "2026-01-01T00:00:00+00:00", "config": CONFIG,
              "provenance": {}, "history": []}  # fmt: skip
    text = json.dumps(record)
    for k in range(10_000):
        place = root / f"run-{k:05d}"
        place.mkdir()
        (place / "run.json").write_text(text)
        os.utime(place / "run.json", (k, k))
    (root / "a name of one's own").mkdir()
    (root / "a name of one's own" / "run.json").write_text(text)
    began = time.monotonic()
    page = lab("runs", runs="run-00003")
    assert not page.exception and time.monotonic() - began < 30
    assert page.multiselect(key="runs-chosen").value == ["run-00003"]
    assert len(page.multiselect(key="runs-chosen").options) == 200
    said = texts(page.caption)
    assert "9,800 older runs are left out" in said and "1 run folders" not in said
    assert "1 run folder is left out" in said and "The table has the 50 newest" in said


def test_a_run_that_is_not_what_it_says_does_not_hide_the_others(lab, root):
    import pyarrow
    import pyarrow.parquet

    make(root, "good")
    part = next((make(root, "words").path / METRICS).iterdir())
    table = pyarrow.table({"environment_steps": ["a", "b"], "episode/productivity": [HOSTILE] * 2})
    pyarrow.parquet.write_table(table, part)
    rewrite(make(root, "large"), provenance={"x": "y" * 5_000_000})
    page = lab("runs", runs="good,words")
    assert not page.exception and not page.error
    assert "environment\\_steps does not hold numbers" in texts(page.warning)
    assert "from 50" in texts(page.markdown), "the figure of the good one"
    assert "over 5,000,000 bytes" in texts(page.markdown)
