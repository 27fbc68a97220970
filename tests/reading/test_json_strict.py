import pytest

from solon.reading.json_strict import load_json


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (
            '{"a": [1, -2.5e3, null, true, "x\\ud83d\\ude00"]}',
            {"a": [1, -2500.0, None, True, "x😀"]},
        ),
        (b"\xef\xbb\xbf[1]", [1]),
        ('{"a": 1,\n\t"b": 9223372036854775807}', {"a": 1, "b": 2**63 - 1}),
        ("[" * 51 + "]" * 51, None),
    ],
)
def test_what_is_read(text, value):
    assert load_json(text) == value or value is None


REFUSED = {
    '{"a": 1, "a": 2}': "line 1: a key that comes twice, a",
    '{"a": {"x": 1},\n"b": [{"x": "a:"},\n{"x": 1, "y": {"x": 2}, "x": 3}]}': "line 3: a key",
    "[NaN]": "line 1: NaN is no number",
    "[1,\n\n-Infinity]": "line 3: -Infinity is no number",
    '{"a":\n1e999}': "line 2: it is a number above all",
    "[1,\n" + "9" * 5000 + "]": "line 2: it is a whole number of 5000 digits",
    "[" * 52 + "]" * 52: "nested in more than 50 brackets",
    "[" * 100_000: "nested in more than 50 brackets",
    '{"a":' * 100_000: "nested in more than 50 brackets",
    '{"rates": [0.1, ': "not valid JSON, line 1, column 17: expecting value",
    "[01]": "not valid JSON, line 1, column 3",
    "": "not valid JSON, line 1, column 1",
    b"\xff": "it is not text in UTF-8",
}


@pytest.mark.parametrize(("text", "said"), REFUSED.items(), ids=range(len(REFUSED)))
def test_what_is_refused(text, said):
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        load_json(text)
    assert said in str(caught.value) and "\n" not in str(caught.value)
