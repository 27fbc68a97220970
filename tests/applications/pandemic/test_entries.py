"""What the zoo has for the pandemic: whole, small, with a card, and taken by name."""

import json

import pytest
import yaml

from solon.applications.pandemic import entries as pandemic_entries
from solon.applications.pandemic.entries import (
    INDEX,
    ROOT,
    pandemic_card,
    pandemic_file,
    pandemic_names,
    pandemic_records,
)
from solon.applications.pandemic.policies.files import read_policy
from solon.cli import main
from solon.economies.pandemic import Pandemic
from solon.errors import ConfigurationError, DamageError

MEGABYTE = 2**20


@pytest.mark.parametrize("name", pandemic_names())
def test_entries_are_whole(name):
    record = pandemic_records()[name]
    path = pandemic_file(name, record["kind"], "name")
    assert path.stat().st_size == record["bytes"]
    assert "no advice for real decisions" in pandemic_card(name)
    for place in ("/tmp", "/home", "/work"):
        assert place not in pandemic_card(name)


def test_they_are_small_and_nothing_else_is_there():
    files = {path.name for path in ROOT.iterdir()}
    listed = {one[key] for one in pandemic_records().values() for key in ("file", "card")}
    listed |= {one["with"] for one in pandemic_records().values() if "with" in one}
    assert files == listed | {INDEX}
    assert sum(path.stat().st_size for path in ROOT.iterdir()) < MEGABYTE


@pytest.mark.parametrize("name", pandemic_names("policy"))
def test_policies_are_taken_by_name(name):
    published = "published" in name
    start = "2020-03-22" if published else "2020-07-31"
    economy = Pandemic(start_date=start, horizon=60)
    policy = read_policy(name, economy)
    assert policy.name == name and policy.governor is not None
    # It was made for a longer episode, and a plan has dates beyond this one.
    remark, *aside = policy.remarks
    assert len(aside) == name.endswith("plan") and all("left aside" in one for one in aside)
    days = 405 if published else 273
    assert remark.startswith(f"{name}: made for {days} days from {start} on")
    rules = "foundation" if published else None
    whole = Pandemic(start_date=start, horizon=days, compatibility=rules)
    assert read_policy(name, whole).remarks == ()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"weights": "none.safetensors"}, "weights: got 'none.safetensors'; allowed: a file"),
        (
            {"weights": "../x.safetensors"},
            "weights: got '../x.safetensors'; allowed: the name of a file",
        ),
        ({"sha256": "0"}, "allowed: a file with the hash that is stated"),
        ({"hidden": [32]}, "hidden is \\[64\\] there and \\[32\\] here"),
        ({"hidden": "64"}, "hidden: got '64'"),
        ({"review": 7}, "review: got 7"),
        ({"colour": "red"}, "learned: got"),
    ],
)
def test_learned_policies_that_do_not_fit(change, words, tmp_path):
    content = yaml.safe_load((ROOT / "published-mlp.yaml").read_text("utf-8"))
    content["learned"] |= change
    weights = ROOT / "published-mlp.safetensors"
    (tmp_path / "published-mlp.safetensors").write_bytes(weights.read_bytes())
    (tmp_path / "own.yaml").write_text(yaml.safe_dump(content))
    with pytest.raises(ConfigurationError, match=words) as caught:
        read_policy(str(tmp_path / "own.yaml"), Pandemic(states=("TX",), horizon=30))
    # Of another name in the file, and damaged all the same.
    assert isinstance(caught.value, DamageError) == ("sha256" in change)


def test_names_and_cards_are_shown(capsys):
    assert main(["list", "zoo"]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in pandemic_names())
    assert main(["zoo", "show", "pandemic/published-log-linear"]) == 0
    assert "pandemic/published-log-linear" in capsys.readouterr().out


def test_unknown_and_damaged_entries_are_one_line(tmp_path, monkeypatch, capsys):
    assert main(["pandemic", "run", "pandemic/published-loglinear"]) == 2
    assert "did you mean pandemic/published-log-linear?" in capsys.readouterr().err
    assert main(["zoo", "show", "pandemic/none"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    entry = {"file": "x.yaml", "card": "x.md", "kind": "policy", "sha256": "0"}
    (tmp_path / "x.yaml").write_text("level: 7\n")
    (tmp_path / INDEX).write_text(json.dumps({"format": 1, "entries": {"pandemic/x": entry}}))
    monkeypatch.setattr(pandemic_entries, "ROOT", tmp_path)
    with pytest.raises(ConfigurationError, match="the hash that the index states"):
        pandemic_file("pandemic/x", "policy", "policy")
    (tmp_path / INDEX).write_text('{"format": 2, "entries": {}}')
    with pytest.raises(ConfigurationError, match="of format 1"):
        pandemic_names()
