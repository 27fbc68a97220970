"""YAML 1.2, in its core schema: what a text means, and what is refused, in which line."""

import math
import time

import pytest

from solon.cli._values import assignments
from solon.errors import ConfigurationError
from solon.reading import yaml_core
from solon.reading.scalars import number_of, whole_of
from solon.reading.yaml_core import load_plain, load_yaml

# https://yaml.org/spec/1.2.2/#103-core-schema
MEANS = {
    "010": 10,
    "-07": -7,
    "0o17": 15,
    "0x1F": 31,
    "1:30": "1:30",
    "190:20:30": "190:20:30",
    "1_000": "1_000",
    "0b11": "0b11",
    "1,5": "1,5",
    "1e3": 1000.0,
    "1.": 1.0,
    ".5": 0.5,
    "+1.5E-1": 0.15,
    "-.inf": -math.inf,
    "yes": "yes",
    "No": "No",
    "on": "on",
    "OFF": "OFF",
    "y": "y",
    "true": True,
    "False": False,
    "~": None,
    "null": None,
    "": None,
    "2020-03-22": "2020-03-22",
    "2020-03-22 10:00:00": "2020-03-22 10:00:00",
    "20200322": 20200322,
    "'010'": "010",
    "!!str 010": "010",
    "!!float 3": 3.0,
    "{NO: 8, 010: a, yes: b}": {"NO": 8, 10: "a", "yes": "b"},
    "- a\n- [1, {b: 0x10}]": ["a", [1, {"b": 16}]],
    "%YAML 1.2\n---\n- 012": [12],
}


@pytest.mark.parametrize(("text", "value"), MEANS.items())
def test_what_a_text_means(text, value):
    found = load_yaml(text)
    assert found == value and type(found) is type(value)


def test_a_word_that_is_no_number_is_nan_alone():
    assert math.isnan(load_yaml(".nan")) and load_yaml("nan") == "nan"


REFUSED = {
    "{a: 1, a: 2}": "line 1, column 8: a key that comes twice, a",
    "010: 1\n10: 2": "line 2, column 1: a key that comes twice, 10",
    "a: &x [1]\nb: *x": "line 2, column 4: an alias (*x); write it out",
    "a:\n  <<: {b: 1}": "line 2, column 3: a merge key (<<); write out what it stands for",
    "? [1, 2]\n: 3": "line 1, column 3: a list or a mapping in the place of a key",
    "a\n---\nb": "line 2, column 1: a second document; a file has one",
    "!!int abc": "line 1, column 1: this is no int",
    "!!timestamp 2020-01-01": "the tag tag:yaml.org,2002:timestamp; there is no such kind",
    "!!python/object/apply:os.system [x]": "there is no such kind of value here",
    "[0.1": "not valid YAML, line 2, column 1: ",
    "a: b: c": "not valid YAML, line 1, column 5: ",
    "\x07": "not valid YAML: unacceptable character",
    "a: \udcff": "not valid YAML: ",
    '"\\ud800"': "line 1",
    "x: 1e999": "line 1, column 4: it is a number above all that can be computed with",
    "9" * 400: "it is a whole number of 400 digits; 9223372036854775807 is the largest",
    "9" * 5000: "it is a whole number of 5000 digits",
    "0x" + "f" * 5000: "it is a whole number of 5000 digits",
    "rates: " + 3000 * "[": "brackets or indents in more than 20 others",
    3000 * "{a: ": "brackets or indents in more than 20 others",
    "\n".join(" " * k + "-" for k in range(100)): "brackets or indents in more than 20 others",
}


@pytest.mark.parametrize(("text", "said"), REFUSED.items(), ids=[t[:20] for t in REFUSED])
def test_what_is_refused(text, said):
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        load_yaml(text)
    assert said in str(caught.value) and "\n" not in str(caught.value)


def laughs(pattern):
    lines = ["a0: &a0 {x: 1}"]
    lines += [f"a{k}: &a{k} {pattern.format(k - 1)}" for k in range(1, 40)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    "bomb",
    [
        laughs("[*a{0}, *a{0}, *a{0}, *a{0}]"),
        laughs("{{<<: [*a{0}, *a{0}]}}"),
        "a: &a [*a]",
        "[" * 100_000,
        "{" * 100_000,
        "- " * 100_000,
        "? " * 100_000,
        "&a " * 50_000,
        "!" * 100_000,
    ],
    ids=lambda bomb: bomb[:12],
)
def test_little_text_makes_little_work(bomb):
    before = time.process_time()
    with pytest.raises(ValueError):  # noqa: PT011
        load_yaml(bomb)
    assert time.process_time() - before < 1 + len(bomb) / 500_000


def test_values_are_counted(monkeypatch):
    monkeypatch.setattr(yaml_core, "_MOST_VALUES", 10)
    assert load_yaml("[1, 2, 3, 4, 5, 6, 7, 8, 9]")[-1] == 9
    with pytest.raises(ValueError, match="column 29: more than 10 values"):
        load_yaml("[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]")


def test_where_values_stand():
    lines = {}
    load_yaml("name: x\ncutoffs:\n- 0\n- 9.7\n- 5\nrates: [1, 2,\n  3]", lines)
    assert lines[("cutoffs",)] == 3 and lines[("cutoffs", 2)] == 5 and lines[("rates", 2)] == 7


@pytest.mark.parametrize("text", ["{1: a}", "[.nan]", "{a: {b: .inf}}"])
def test_what_json_lacks_has_no_place_in_a_configuration(text):
    with pytest.raises(ValueError, match=r"a word|finite"):
        load_plain(text)


@pytest.mark.parametrize("text", ["010", "1:30", "0x1F", "1e3", "yes", "1_000", "2020-03-22"])
def test_typed_values_and_files_agree(text):
    assert assignments("option", [f"key={text}"]) == {"key": load_yaml(f"key: {text}")["key"]}


def test_a_typed_value_that_is_refused_is_named():
    with pytest.raises(ConfigurationError, match=r"option\.key: got 'key=\.inf'.*finite"):
        assignments("option", ["key=.inf"])


@pytest.mark.parametrize("text", ["1_0", "1 0", " 1", "١", "1,5", "inf", "nan", "1e999", "", "--1"])
def test_texts_that_are_no_number(text):
    for read in (whole_of, number_of):
        with pytest.raises(ValueError, match="it is "):
            read(text)
