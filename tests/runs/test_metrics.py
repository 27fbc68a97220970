import pytest

from solon import ConfigurationError
from solon.runs import MetricsWriter, cut_metrics, read_metrics


def write(folder, parts):
    writer = MetricsWriter(folder)
    for part in parts:
        for step in part:
            writer.write({"environment_steps": step, "loss": step / 2})
        writer.flush()
    return writer


def steps(folder):
    return read_metrics(folder)["environment_steps"].to_pylist()


def test_parts_are_read_in_the_order_in_which_they_were_written(tmp_path):
    write(tmp_path, [[1, 2], [3], [4, 5]])
    write(tmp_path, [[6]])
    assert sorted(p.name for p in tmp_path.iterdir()) == [f"part-0000{k}.parquet" for k in range(4)]
    assert steps(tmp_path) == [1, 2, 3, 4, 5, 6]
    assert read_metrics(tmp_path)["loss"].to_pylist() == [0.5, 1, 1.5, 2, 2.5, 3]


def test_nothing_is_written_before_it_is_flushed_and_nothing_twice(tmp_path):
    writer = MetricsWriter(tmp_path)
    writer.write({"environment_steps": 1})
    assert steps(tmp_path) == []
    writer.flush()
    writer.flush()
    assert steps(tmp_path) == [1]


@pytest.mark.parametrize(
    ("step", "kept"), [(0, []), (2, [1, 2]), (3, [1, 2, 3]), (9, [1, 2, 3, 4])]
)
def test_rows_after_a_step_can_be_cut(tmp_path, step, kept):
    write(tmp_path, [[1], [2, 3], [4]])
    cut_metrics(tmp_path, step)
    assert steps(tmp_path) == kept
    write(tmp_path, [[10]])
    assert steps(tmp_path) == [*kept, 10]


def test_a_metric_that_comes_later_has_nulls_before(tmp_path):
    writer = MetricsWriter(tmp_path)
    writer.write({"environment_steps": 1, "count": 3})
    writer.flush()
    writer.write({"environment_steps": 2, "count": 0.5, "equality": 0.4})
    writer.flush()
    table = read_metrics(tmp_path)
    assert table["equality"].to_pylist() == [None, 0.4]
    assert table["count"].to_pylist() == [3.0, 0.5]


def test_no_metrics_are_an_empty_table(tmp_path):
    assert read_metrics(tmp_path / "nowhere").num_rows == 0
    cut_metrics(tmp_path / "nowhere", 3)


def test_a_damaged_part_is_named(tmp_path):
    write(tmp_path, [[1], [2]])
    (tmp_path / "part-00001.parquet").write_bytes(b"PAR1 no more")
    with pytest.raises(ConfigurationError, match=r"part-00001\.parquet"):
        read_metrics(tmp_path)


def test_a_row_says_when_it_is_from(tmp_path):
    with pytest.raises(ConfigurationError, match="environment_steps"):
        MetricsWriter(tmp_path).write({"loss": 1.0})
