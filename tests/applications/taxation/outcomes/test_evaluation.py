import dataclasses
import hashlib
import io
import json
import os
import pathlib

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest

import solon
from solon.applications.taxation.outcomes import Evaluation
from solon.errors import DamageError
from solon.evidence.outcomes import Outcomes
from tests.figures import synthetic

GROUPS = ("episodes", "workers", "periods", "market", "trajectory")


@pytest.fixture(scope="module")
def evaluation():
    return synthetic.evaluation("US federal brackets", synthetic.FEDERAL, episodes=3, steps=200)


@pytest.fixture
def folder(evaluation, tmp_path):
    evaluation.save(tmp_path / "run" / "evaluation")
    return tmp_path / "run" / "evaluation"


def test_what_is_saved_is_what_is_loaded(evaluation, folder):
    loaded = Evaluation.load(folder)
    for group in GROUPS:
        expected, found = getattr(evaluation, group), getattr(loaded, group)
        assert set(found) == set(expected)
        for name, array in expected.items():
            np.testing.assert_array_equal(found[name], array)
            assert found[name].dtype == array.dtype, name
    np.testing.assert_array_equal(loaded.cutoffs, evaluation.cutoffs)
    assert loaded.regime == evaluation.regime
    assert loaded.labels == evaluation.labels
    assert loaded.period_length == evaluation.period_length == 100
    assert sorted(path.name for path in folder.iterdir()) == [
        *("episodes.parquet", "market.parquet", "periods.parquet"),
        *("trajectory.npz", "workers.parquet"),
    ]


def test_single_precision_is_kept(evaluation, tmp_path):
    workers = {name: np.asarray(v, np.float32) for name, v in evaluation.workers.items()}
    dataclasses.replace(evaluation, workers=workers).save(tmp_path)
    assert Evaluation.load(tmp_path).workers["coin"].dtype == np.float32


def test_tables_are_ones_that_any_tool_can_read(evaluation, folder):
    table = pyarrow.parquet.read_table(folder / "periods.parquet").to_pylist()
    assert len(table) == 3 * 2 * 4
    row = next(r for r in table if (r["episode"], r["period"], r["worker"]) == (1, 1, 3))
    assert row["income"] == evaluation.periods["income"][1, 1, 3]
    assert row["rate_6"] == 0.37
    with np.load(folder / "trajectory.npz", allow_pickle=False) as archive:
        assert archive["coin"].shape == (201, 4)


def test_sizes(evaluation):
    counts = (evaluation.episode_count, evaluation.step_count, evaluation.period_count)
    assert counts == (3, 200, 2)
    assert evaluation.worker_count == 4


def changed(evaluation, group, name, value):
    return {group: {**getattr(evaluation, group), name: value}}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda e: {"episodes": {"productivity": e.episodes["productivity"]}}, "equality"),
        (lambda e: changed(e, "episodes", "equality", np.zeros(2)), r"episodes\['equality'\]"),
        (lambda e: changed(e, "episodes", "equality", np.full(3, np.nan)), "finite"),
        (lambda e: changed(e, "workers", "coin", np.zeros((3, 5))), r"shape \(3, 4\)"),
        (lambda e: changed(e, "workers", "payment", e.workers["payment"][:, ::-1]), "ascending"),
        (lambda e: changed(e, "periods", "rates", np.zeros((3, 2, 6))), r"shape \(3, 2, 7\)"),
        (lambda e: changed(e, "market", "wood_coin", np.zeros((3, 9))), r"shape \(3, 200\)"),
        (lambda e: changed(e, "trajectory", "coin", np.zeros((200, 4))), r"shape \(201, 4\)"),
        (lambda e: changed(e, "trajectory", "note", np.array([{}])), "numbers or booleans"),
        (lambda e: {"trajectory": {}}, "resource"),
        (lambda e: {"period_length": 101}, "1 to 100 steps"),
        (lambda e: {"period_length": 0}, "1 to 100 steps"),
    ],
)
def test_what_does_not_fit_together(evaluation, change, words):
    with pytest.raises(solon.ConfigurationError, match=words) as caught:
        dataclasses.replace(evaluation, **change(evaluation))
    assert "\n" not in str(caught.value)


def foreign(folder):
    pyarrow.parquet.write_table(pyarrow.table({"a": [1]}), folder / "episodes.parquet")


def pickled(folder):
    """A file that would run code if it were unpickled, with the hash that makes it belong."""
    content = io.BytesIO()
    np.savez(content, coin=np.array([{}], dtype=object))
    (folder / "trajectory.npz").write_bytes(content.getvalue())
    belonging(folder, content.getvalue())


def belonging(folder, content):
    """State the hash of a trajectory."""
    path = folder / "episodes.parquet"
    table = pyarrow.parquet.read_table(path)
    header = json.loads(table.schema.metadata[b"solon"])
    header["digests"]["trajectory.npz"] = hashlib.sha256(content).hexdigest()
    table = table.replace_schema_metadata({b"solon": json.dumps(header).encode()})
    pyarrow.parquet.write_table(table, path)


def shorter(folder):
    path = folder / "episodes.parquet"
    pyarrow.parquet.write_table(pyarrow.parquet.read_table(path).slice(0, 2), path)


def mixed(folder):
    other = synthetic.evaluation("other", synthetic.FEDERAL, episodes=3, steps=200, seed=1)
    other.save(folder / "other")
    (folder / "other" / "workers.parquet").replace(folder / "workers.parquet")


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda folder: (folder / "workers.parquet").unlink(), "workers.parquet"),
        (lambda folder: (folder / "market.parquet").write_bytes(b"PAR1 not quite"), "market"),
        (lambda folder: (folder / "trajectory.npz").write_bytes(b""), "trajectory.npz"),
        (lambda folder: (folder / "episodes.parquet").write_bytes(b"PAR1"), "Parquet"),
        (foreign, "solon-evaluation@1"),
        (pickled, "readable npz"),
        (shorter, "does not match its hash"),
        (mixed, "belongs to this evaluation"),
    ],
)
def test_damaged_and_foreign_folders(folder, damage, words):
    damage(folder)
    with pytest.raises(solon.ConfigurationError, match=words) as caught:
        Evaluation.load(folder)
    assert "\n" not in str(caught.value)
    # Only what is of another kind may be the mistake of the person who named it.
    assert isinstance(caught.value, DamageError) == (damage is not foreign)


def test_a_folder_without_an_evaluation_is_not_damaged(tmp_path):
    for kind in (Evaluation, Outcomes):
        with pytest.raises(solon.ConfigurationError, match=r"has no episodes\.parquet") as caught:
            kind.load(tmp_path)
        assert not isinstance(caught.value, DamageError)


def test_no_more_is_read_than_is_allowed(folder, tmp_path):
    largest = max(file.stat().st_size for file in folder.iterdir())
    assert Evaluation.load(folder, most=100 * largest).episode_count
    with pytest.raises(DamageError, match="more than 1,000 bytes"):
        Evaluation.load(folder, most=1000)
    # Little on the disk, and much in memory.
    outcomes = Outcomes("dense", {"welfare": np.zeros(1_000_000)})
    outcomes.save(tmp_path / "dense")
    assert (tmp_path / "dense" / "episodes.parquet").stat().st_size < 10_000
    assert len(Outcomes.load(tmp_path / "dense", most=8_000_000).episodes["welfare"]) == 1_000_000
    with pytest.raises(DamageError, match="table has more than 7,999,999 bytes"):
        Outcomes.load(tmp_path / "dense", most=7_999_999)
    content = io.BytesIO()
    np.savez_compressed(content, coin=np.zeros(1_000_000))
    (folder / "trajectory.npz").write_bytes(content.getvalue())
    belonging(folder, content.getvalue())
    with pytest.raises(DamageError, match=r"readable npz file \(it has more than 1,000,000 bytes"):
        Evaluation.load(folder, most=1_000_000)


def test_a_name_that_is_no_text_is_kept(tmp_path):
    """A folder may be named in bytes that are no UTF-8, and regimes are called by folders."""
    named = Outcomes("run \udcff", {"welfare": np.ones(2)}, {"steps": "\udcfe"})
    named.save(tmp_path)
    found = Outcomes.load(tmp_path)
    assert (found.regime, found.labels) == (named.regime, named.labels)


def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(folder):
    for name in ("workers.parquet", "episodes.parquet"):
        (folder / name).unlink()
        os.mkfifo(folder / name)
        with pytest.raises(DamageError, match="it is a pipe"):
            Evaluation.load(folder)


def test_places_that_are_none(evaluation, tmp_path):
    with pytest.raises(solon.ConfigurationError, match="existing folder"):
        Evaluation.load(tmp_path / "nowhere")
    (tmp_path / "file").write_text("")
    with pytest.raises(solon.ConfigurationError, match="can be written"):
        evaluation.save(tmp_path / "file")
    assert pathlib.Path(tmp_path / "file").read_text() == ""
