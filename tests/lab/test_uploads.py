"""Files of visitors: what is taken, and what is refused in plain words."""

import pytest

from solon.applications.pandemic.rooms import upload
from solon.errors import ConfigurationError
from solon.lab import uploads

GOOD = b"name: mine\ncutoffs: [0, 20, 100]\nrates: [0.1, 0.3, 0.45]\n"


def test_a_schedule_is_read():
    found = uploads.schedule("mine.yaml", GOOD)
    assert (found.name, found.rates, found.cutoffs) == ("mine", (0.1, 0.3, 0.45), (0, 20, 100))


BAD = {
    "large": (b"#" * (uploads.MOST_BYTES + 1), "bytes"),
    "binary": (b"\x80\x04\x95\x00", "text in UTF-8"),
    "with zeros": (b"rates: [0.1]\0", "text in UTF-8"),
    "of Windows": ("rates: [0.1]".encode("utf-16"), "but in UTF-16: save it as UTF-8"),
    "of another decade": ("name: Zürich".encode("latin-1"), "byte 0xfc in line 1"),
    "a number in another form": (
        b"rates: [0.1]\ncutoffs: [1:30]",
        "line 2: .*number 1, '1:30', is none",
    ),
    "a pickle of text": (b"cos\nsystem\n(S'true'\ntR.", "mapping"),
    "an object": (b"!!python/object/apply:os.system ['true']", "JSON or YAML"),
    "no schedule": (b"hello: world", "rates"),
    "another key": (b"rates: [0.1]\ncutoffs: [0]\nrun: x", "only keys"),
    "a rate above one": (b"rates: [1.5]\ncutoffs: [0]", "between 0 and 1"),
    "brackets that fall": (b"rates: [0.1, 0.2]\ncutoffs: [0, 0]", "line 2: .* increase strictly"),
    "laughs": (
        b"a: &a [1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nrates: [*b,*b,*b]",
        "an alias",
    ),
    "deep": (b"[" * 19_000, "more than 20 others"),
    "deep in braces": (b"{" * 19_000, "in the place of a key|more than 20 others"),
    "text": (b"rates: [[", "JSON or YAML"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_schedule_is_refused_in_one_line(name):
    data, reason = BAD[name]
    with pytest.raises(ConfigurationError, match=reason) as caught:
        uploads.schedule("../../etc/<img src=x>.yaml", data)
    text = str(caught.value)
    assert "\n" not in text and "etc" not in text


@pytest.mark.parametrize("name", ["../../passwd.yaml", "/etc/passwd.yaml", "C:\\x\\passwd.yaml"])
def test_the_name_of_a_file_is_no_path(name):
    assert uploads.schedule(name, b"rates: [0.1]\ncutoffs: [0]").name == "passwd"


def test_a_policy_against_the_pandemic_is_read():
    from solon.economies.pandemic import Pandemic

    env = Pandemic(states=("NY", "TX"), horizon=30)
    rule = b"name: rule\nthreshold: {signal: deaths, upper: 5, lower: 1, above: 8, below: 4}"
    assert upload.policy("rule.yaml", rule, env).name == "rule"
    table = "state,date,stringency\n" + "".join(
        f"{state},2020-{3 + (21 + day) // 31:02d}-{(21 + day) % 31 + 1:02d},6\n"
        for state in ("NY", "TX")
        for day in range(1, 10)
    )
    with pytest.raises(ConfigurationError):  # days are missing
        upload.policy("plan.csv", table.encode(), env)
    with pytest.raises(ConfigurationError, match="YAML, JSON or CSV"):
        upload.policy("plan.pkl", b"x", env)
    with pytest.raises(ConfigurationError, match="an alias"):
        upload.policy("rule.yaml", b"a: &a [1]\nthreshold: *a", env)
