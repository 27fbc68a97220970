"""Hashes in records and tables: every changed byte is noticed, and old ones without are read."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from solon import ConfigurationError
from solon.runs import RunFolder
from solon.runs.seals import DamagedError, is_intact, parquet_bytes, read_parquet, sealed
from tests.damages import damages

TABLE = pa.table({"step": [1, 2, 3], "name": ["a", None, "c"]}, metadata={"regime": "free"})


def test_no_byte_of_a_table_changes_unnoticed():
    data = parquet_bytes(TABLE)
    assert read_parquet(data).equals(TABLE, check_metadata=True)
    for place in range(len(data)):
        changed = bytearray(data)
        changed[place] ^= 4
        try:
            found = read_parquet(bytes(changed))
        except DamagedError:
            continue
        # What was hit is the mark of the hash, or the second place where the schema stands.
        assert found.equals(TABLE), place


@pytest.mark.parametrize("length", [0, 3, 100, -1])
def test_a_table_that_is_cut_is_damaged(length):
    with pytest.raises(DamagedError):
        read_parquet(parquet_bytes(TABLE)[:length])


def test_tables_of_other_programs_are_read(tmp_path):
    pq.write_table(TABLE, tmp_path / "x.parquet")
    assert read_parquet(tmp_path / "x.parquet").equals(TABLE)
    assert pq.read_table(pa.BufferReader(parquet_bytes(TABLE))).equals(TABLE)


def test_a_record_is_intact_until_something_in_it_changes():
    record = sealed({"seed": 1, "shape": (2, 3), "rate": 0.1})
    again = json.loads(json.dumps(record))
    assert is_intact(again) and is_intact({"seed": 1})
    assert not is_intact({**again, "seed": 2})
    assert not is_intact({**again, "more": 0})


def test_a_changed_seed_is_noticed_and_a_folder_without_a_hash_is_read(tmp_path):
    folder = RunFolder.create(tmp_path / "run", {"seed": 1})
    text = (folder.path / "run.json").read_text()
    (folder.path / "run.json").write_text(text.replace('"seed": 1', '"seed": 2'))
    with pytest.raises(ConfigurationError, match="as it was written"):
        RunFolder.open(folder.path)
    old = {**json.loads(text), "schema": 1}
    del old["sha256"], old["inputs"]
    (folder.path / "run.json").write_text(json.dumps(old))
    assert RunFolder.open(folder.path).config == {"seed": 1}
    (folder.path / "run.json").write_text(json.dumps({**old, "schema": 2}))
    with pytest.raises(ConfigurationError, match="as it was written"):
        RunFolder.open(folder.path)


def test_a_damaged_run_is_resumed_or_told_in_one_line():
    assert damages(10, seed=15) == []
