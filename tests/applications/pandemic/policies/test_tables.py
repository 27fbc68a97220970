import datetime

import pyarrow
import pyarrow.parquet
import pytest

import solon
from solon.applications.pandemic.policies.tables import (
    levels_by_day,
    read_csv,
    read_parquet,
    rows_of_other_days,
)

START = datetime.date(2020, 4, 1)
DAYS = [START + datetime.timedelta(k) for k in range(3)]
STATES = ("Texas", "Ohio")
KNOWN = (datetime.date(2020, 1, 1), datetime.date(2021, 6, 1))


def rows(**changes):
    found = [
        {"state": state, "date": str(day), "stringency": 1 + k + 4 * (state == "OH")}
        for k, day in enumerate(DAYS)
        for state in ("Texas", "OH")
    ]
    found[3] |= changes
    return found


def read(table):
    return levels_by_day(table, STATES, DAYS, argument="policy.csv", known=KNOWN)


def test_rows_become_days_and_states():
    # Another state, and a day of the data that is not simulated, are left aside.
    more = [
        {"state": "Utah", "date": "2020-04-01", "stringency": 9},
        {"state": "Texas", "date": "2020-05-01", "stringency": 9},
    ]
    levels, subsidy = read([*rows(), *more])
    assert levels.tolist() == [[1, 5], [2, 6], [3, 7]]
    assert subsidy is None
    levels, subsidy = read([{**row, "subsidy": "4"} for row in rows()])
    assert subsidy.tolist() == [4, 4, 4]


def test_files_of_both_kinds(tmp_path):
    lines = ["state,date,stringency", *(",".join(map(str, row.values())) for row in rows())]
    (tmp_path / "a.csv").write_text("\n".join(lines) + "\n", "utf-8-sig")
    pyarrow.parquet.write_table(
        pyarrow.Table.from_pylist(
            [{**r, "date": datetime.date.fromisoformat(r["date"])} for r in rows()]
        ),
        tmp_path / "a.parquet",
    )
    expected = read(rows())[0].tolist()
    assert read(read_csv(tmp_path / "a.csv"))[0].tolist() == expected
    assert read(read_parquet(tmp_path / "a.parquet"))[0].tolist() == expected


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (rows(state="Atlantis"), "row 4, state: got 'Atlantis'"),
        (rows(stringency=11), "row 4, stringency: got 11; allowed: a whole number from 1 to 10"),
        (rows(stringency=0), "row 4, stringency: got 0"),
        (rows(stringency="7.5"), "row 4, stringency: got '7.5'"),
        (rows(stringency=float("nan")), "row 4, stringency"),
        (rows(stringency=None), "row 4, stringency"),
        (rows(date="2019-12-31"), "row 4, date: .* from 2020-01-01 to 2021-06-01"),
        (rows(date="2nd of April"), "row 4, date"),
        (rows(date="2020-04-01"), "row 4: got 'OH, 2020-04-01'; allowed: one row"),
        (rows()[:-1], "no row for Ohio on 2020-04-03"),
        (rows()[:2], "no row for Texas on 2020-04-02 and 1 more days"),
        ([], "rows with state, date, stringency"),
        ([{"state": "Texas", "date": "2020-04-01"}], "columns"),
        ([{**row, "colour": 1} for row in rows()], "got 'colour'"),
        ([{**row, "subsidy": k} for k, row in enumerate(rows())], "that of other states"),
        (rows(mask=True), "the same columns"),
    ],
)
def test_mistakes_are_named_in_one_line(table, words):
    with pytest.raises(solon.ConfigurationError, match=words) as caught:
        read(table)
    assert "\n" not in str(caught.value)


def test_files_that_are_none(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "b.csv").write_text("state,date,stringency\nTX,2020-04-01\n")
    (tmp_path / "a.parquet").write_text("no")
    for reader, name in ((read_csv, "a.csv"), (read_csv, "b.csv"), (read_parquet, "a.parquet")):
        with pytest.raises(solon.ConfigurationError):
            reader(tmp_path / name)


CELLS = ["state,date,stringency", "Texas,2020-04-01,6", "OH,2020-04-01,7"]
LINES = [*CELLS, *(f"{s},2020-04-0{d},{d}" for d in (2, 3) for s in ("TX", "OH"))]


@pytest.mark.parametrize(
    "content",
    [
        "\n".join(LINES),
        "\r\n".join(LINES) + "\r\n",
        "\r".join(LINES),
        "\ufeff" + "\n\n".join(LINES),
        "\n".join(LINES).replace(",", ";"),
        "\n".join(LINES).replace(",", "\t"),
        "\n".join(LINES).replace("Texas", '" Texas"').replace(",6", ", 6 "),
        "\n".join(LINES).replace(",6", ",06").replace(",7", ",7.0"),
    ],
    ids=range(8),
)
def test_tables_of_other_machines(content, tmp_path):
    (tmp_path / "a.CSV").write_bytes(content.encode())
    assert read(read_csv(tmp_path / "a.CSV"))[0].tolist() == [[6, 7], [2, 2], [3, 3]]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ((",6", ",1_0"), "policy.csv, line 2, stringency: got '1_0'; allowed: a whole number"),
        ((",6", ",6,5"), "line 2: got .*allowed: 3 cells, one for each of state, date, string"),
        ((",6", ',"6,5"'), "line 2, stringency: got '6,5'; allowed: a whole number from 1 to 10"),
        ((",6", ",٦"), "line 2, stringency: got '٦'"),
        ((",6", ",nan"), "line 2, stringency: got 'nan'"),
        ((",6", "," + "9" * 5000), "line 2, stringency: got '9999"),
        (("Texas,2020-04-01", "Texas,20200401"), "line 2, date: got '20200401'; allowed: a date"),
        (("Texas,2020-04-01", "Texas,01.04.2020"), "line 2, date: got '01.04.2020'"),
        (("Texas,2020-04-01", "Texas,2020-04-01 10:00"), "line 2, date"),
        (("OH,2020-04-01", "\n\nTX,2020-04-01"), "line 5: got 'TX, 2020-04-01'; allowed: one row"),
        (("Texas", '"Texas'), r"a CSV file \(line 7: unexpected end of data\)"),
        (("date", "day"), "columns: got .*'day'.*; allowed: state, date, stringency"),
        ((",6", ""), "line 2: got"),
    ],
)
def test_cells_that_are_wrong_are_named(change, words, tmp_path):
    (tmp_path / "a.csv").write_text("\n".join(LINES).replace(*change, 1))
    with pytest.raises(solon.ConfigurationError, match=words) as caught:
        read(read_csv(tmp_path / "a.csv"))
    assert "\n" not in str(caught.value)


def test_rows_of_other_days_are_counted():
    dates = ("2020-03-31", "2020-05-01", "2020-03-30")
    more = [{"state": "Texas", "date": date, "stringency": 9} for date in dates]
    more.append({**more[1], "state": "Utah"})
    assert rows_of_other_days([*rows(), *more], STATES, DAYS) == 2
    with pytest.raises(solon.ConfigurationError, match="one row for each state and date"):
        read([*rows(), more[1], {**more[1], "state": "TX"}])


def test_a_small_file_that_stands_for_much(tmp_path):
    place = tmp_path / "a.parquet"
    count = 200_000
    columns = {"state": ["Texas"] * count, "date": [START] * count, "stringency": [1] * count}
    pyarrow.parquet.write_table(pyarrow.table(columns), place)
    assert place.stat().st_size < 5000
    with pytest.raises(solon.ConfigurationError, match=r"200,000 rows.*at most 100,000 rows"):
        read_parquet(place)
    long = {"state": ["x" * 10**6] * 2000, "date": [START] * 2000, "stringency": [1] * 2000}
    states = pyarrow.array([long["state"][0]]).dictionary_encode()
    states = pyarrow.DictionaryArray.from_arrays([0] * 2000, states.dictionary)
    pyarrow.parquet.write_table(pyarrow.table({**long, "state": states}), place)
    found = read_parquet(place)
    assert len(found) == 2000 and found[0]["state"] is found[-1]["state"]


def test_no_column_comes_twice(tmp_path):
    names = ["state", "date", "stringency", "stringency"]
    (tmp_path / "a.csv").write_text(",".join(names) + "\nTX,2020-04-01,5,9\n")
    columns = [pyarrow.array([value]) for value in ("TX", "2020-04-01", 5, 9)]
    table = pyarrow.Table.from_arrays(columns, names=names)
    pyarrow.parquet.write_table(table, tmp_path / "a.parquet")
    for reader, name in ((read_csv, "a.csv"), (read_parquet, "a.parquet")):
        with pytest.raises(solon.ConfigurationError, match="each column once"):
            reader(tmp_path / name)
