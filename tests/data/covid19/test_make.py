"""The script on a small stand-in: the real arrays are in a package that tests do not fetch."""

import hashlib
import io
import json
import zipfile

import numpy as np
import pyarrow.parquet
import pytest

import solon
from solon.data.covid19 import make


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A wheel with two states and three days, whose hashes are the expected ones."""
    rng = np.random.default_rng(0)
    deaths = np.array([[np.nan, np.nan], [1, 2], [0, 5]])
    arrays = {
        "policy": rng.integers(1, 10, (3, 2)),
        "subsidy": np.array([[0.0], [5e9], [0.0]]),
        "deaths": deaths,
        "smoothed_deaths": rng.random((3, 2)),
        "vaccinated": rng.random((3, 2)),
        "unemployment": np.array([[3.0, 4.0], [3.5, 4.5], [np.nan, np.nan]]),
    }
    constants = {
        "US_STATE_IDX_TO_STATE_NAME": {"0": "Alabama", "1": "Alaska"},
        "US_STATE_POPULATION": [10, 20],
    }
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    contents = {
        "real_world_data.npz": buffer.getvalue(),
        "model_constants.json": json.dumps(constants).encode(),
    }
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    monkeypatch.setattr(make, "_SOURCES", hashes)
    wheel = tmp_path / "package.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, content in contents.items():
            archive.writestr(f"{make._FOLDER}/{name}", content)
    return wheel


def test_rows_are_tidy_and_the_same_again(package, tmp_path):
    content = make.make(package)
    assert make.make(package) == content
    with zipfile.ZipFile(package) as archive:
        archive.extractall(tmp_path / "unpacked")
    assert make.make(tmp_path / "unpacked") == content
    rows = pyarrow.parquet.read_table(io.BytesIO(content)).to_pylist()
    assert [(row["state"], str(row["date"])[-2:]) for row in rows] == [
        *(("Alabama", day) for day in ("01", "02", "03")),
        *(("Alaska", day) for day in ("01", "02", "03")),
    ]
    assert [row["deaths"] for row in rows] == [None, 1, 0, None, 2, 5]
    assert [row["population"] for row in rows] == [10] * 3 + [20] * 3
    assert rows[4]["federal_subsidy"] == rows[1]["federal_subsidy"] == 5e9
    assert rows[2]["unemployment"] is None


def test_other_arrays_are_refused(package, tmp_path, capsys):
    make._SOURCES["real_world_data.npz"] = "0" * 64
    with pytest.raises(solon.ConfigurationError, match="SHA-256"):
        make.make(package)
    assert make.main([str(tmp_path / "nowhere.whl")]) == 2
    assert "package: got" in capsys.readouterr().err
