"""Values that nobody should type: as words on a command line, and inside of files."""

import math

__all__ = ["BY_KIND", "RAW", "VALUES", "chosen"]

LONG = "9" * 5000

WHOLE = (
    *("", " ", "-1", "1.5", "1e3", "1e400", "nan", "inf", "-inf", "four", "1_000", "0x10"),
    *("\u0663", "9" * 30, LONG, "1,000", "true", "None", "[1]", "{}", "2020-01-01", "\x1b[31m1"),
    *("1\n2", "\u00bd", "\U0001f4b6", "0b1", "5%", "--", "1e-9", "\udcff", "+ 1", "\u202e1"),
)
NUMBER = (
    *("", " ", "-1", "-1e-9", "1e400", "nan", "-nan", "inf", "-inf", "Infinity", "five", "1,5"),
    *("1_0", "\u0663", "1e", "0x1p3", "true", "[]", "9" * 400, "\x07", "1;2", "\ud800", "5%"),
)
TEXT = (
    *("", " ", "\t", "no-such-thing", "a" * 300, "x/" * 3000, "\x1b]0;title\x07", "\udcff\udcfe"),
    *(
        "*",
        "-",
        "--",
        "\u202egnp.yaml",
        "one\ntwo",
        "<b>bold</b>",
        "[a](http://b)",
        "$(id)",
        "\x7f",
    ),
    *("{}", "null", "NaN", "%s%n", "..\\..", "\u200b", "\U0001f4b6", "A" * 100_000, "C:\\x"),
)
PLACE = (
    *("", ".", "/", "..", "~nobody/x", "a" * 300, "x/" * 3000, "own.py", "own.py/x", "/dev/null/x"),
    *("/proc/solon", "/dev/full", "folder", "pipe", "loop", "loop/x", "\udcff/x", "\n", "\x1b[2J"),
    *("/dev/null", "pipe/x", "/sys/x", "/proc/self/x"),
)
# Where a command looks at all that is below: what else is on the machine is no part of a case.
BELOW = tuple(place for place in PLACE if place != "/")
# After KEY=, where YAML is read.
YAML = (
    *("", "[", "{a: 1", "&a [*a]", "*a", "!!int abc", "!!bool maybe", "2020-99-99", "2020-03-22"),
    *(".nan", ".inf", "-.inf", "null", "~", "yes", "010", "1:30", "1_000", "1e400", "'a'", "{}"),
    *("!!python/object/apply:os.system [id]", "!!binary abc", "!!set {a}", "? a", "%TAG", "@", "`"),
    *("--- 1\n--- 2", "- a", "\t", "[1, [2]]", "{a: 1, a: 2}", "{<<: 3}", "\x07", "\ud800", LONG),
    *(
        "-1",
        "1e-320",
        "true",
        "-0.5",
        "1.5.5",
        "[" * 3000,
        "{" * 500,
        "0x10",
        "0b11",
        "!x y",
        "- -",
    ),
    *(
        "!!float x",
        "!!timestamp x",
        "[&a 1, *b]",
        "&a " * 200 + "1",
        "é: [",
        "{[1]: 2}",
        "-9" * 200,
    ),
)

BY_KIND = {
    "whole": WHOLE,
    "number": NUMBER,
    "text": TEXT,
    "place": PLACE,
    "below": BELOW,
    "yaml": YAML,
}
"""Words by the kind of what belongs in their place."""

VALUES = (
    *(None, True, False, -1, 0, 1.5, 10**30, -(10**30), 10**400, 1e300, -1e300, 1e-320),
    *(math.nan, math.inf, -math.inf, "", " ", "text", "1", "0.5", "nan", "1e400", "\u0663", [], {}),
    *(
        [None],
        [[]],
        [1, [2]],
        {"a": 1},
        {"": None},
        "\x1b[31mred",
        "one\ntwo",
        "\u202e",
        "a" * 5000,
    ),
    *(list(range(10_000)), "<img src=x onerror=alert(1)>", "../../etc/passwd", "/etc/passwd"),
    *("2020-99-99", "20200322", "2020-W12-7", "0000-00-00", [True], ["a", "a"], {"1": {"2": {}}}),
)
"""What takes the place of a value in a file, where JSON or YAML can say it."""

RAW = (
    *("010", "1:30", "1_000", "0x10", "0b11", "0o7", "yes", "off", "~", ".nan", ".inf", "-.inf"),
    *("2020-03-22", "2020-03-22T10:00:00Z", "!!python/name:os.system", "!!int abc", "!!binary x"),
    *("&a [*a]", "*unknown", "!!set {a, b}", "!!omap [a: 1]", "! 1", "!!float 1", "!!str 1", "@x"),
    *("{a: 1, a: 2}", "{<<: {a: 1}}", "[" * 2000, "{a: " * 500, "[" * 40 + "]" * 40, "'", '"\\x"'),
    *("[&b [1, 1], *b]", "|\n  text", ">\n", "1e400", "9" * 5000, "-" * 50, "0x" + "f" * 5000, "%"),
    *(
        "\x00",
        "\x07",
        "\ufeff",
        "\u2028",
        "\U0001f4b6",
        "NaN",
        "-Infinity",
        "1e5",
        "+1",
        "1.",
        ".5",
    ),
    *(
        "&x {a: &y [1], <<: *x}",
        "!<tag:yaml.org,2002:int> 3",
        "=",
        "<<",
        "? [1]\n: 2",
        "- 1",
        "# x",
    ),
)
"""Text that takes the place of a value in a file, as it stands."""


def chosen(random, values):
    """One of them."""
    return values[random.randrange(len(values))]
