"""What the zoo has for the pandemic: whole, small, with a card, and taken by name."""

import json
import shutil

import pytest
import yaml

from solon.applications.pandemic.entries import ENSEMBLE, POLICY
from solon.applications.pandemic.policies.files import read_policy
from solon.cli import main
from solon.economies.pandemic import Pandemic
from solon.errors import ConfigurationError, DamageError
from solon.runs.seals import sealed
from solon.zoo import files
from solon.zoo.files import CARD, RECORD, folder_of, names, read_entry

MEGABYTE = 2**20
KINDS = {name: kind for kind in (POLICY, ENSEMBLE) for name in names(kind)}
LEARNED = "pandemic/published-mlp"


@pytest.mark.parametrize("name", KINDS)
def test_entries_are_whole(name):
    entry = read_entry(name, kind=KINDS[name])
    assert entry.path.stat().st_size == entry.record["file"]["bytes"]
    assert name.startswith("pandemic/calibrated-2") or entry.card.startswith(f"# {name}\n")
    assert "no advice for real decisions" in entry.card
    for place in ("/tmp", "/home", "/work"):
        assert place not in entry.card


def test_they_are_small_and_nothing_else_is_there():
    size = 0
    for name in KINDS:
        record = read_entry(name, kind=None).record
        listed = {RECORD, CARD, record["file"]["name"], *record.get("with", ())}
        assert {path.name for path in folder_of(name).iterdir()} == listed
        size += sum(path.stat().st_size for path in folder_of(name).iterdir())
    assert len(KINDS) == 18 and size < MEGABYTE


def test_other_kinds_are_no_players():
    assert not set(names()) & set(KINDS) and set(names(None)) == set(names()) | set(KINDS)


@pytest.mark.parametrize("name", names(POLICY))
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
    entry = read_entry(LEARNED, kind=POLICY)
    content = yaml.safe_load(entry.data)
    shutil.copy(entry.path.with_name(content["learned"]["weights"]), tmp_path)
    content["learned"] |= change
    (tmp_path / "own.yaml").write_text(yaml.safe_dump(content))
    with pytest.raises(ConfigurationError, match=words) as caught:
        read_policy(str(tmp_path / "own.yaml"), Pandemic(states=("TX",), horizon=30))
    # Of another name in the file, and damaged all the same.
    assert isinstance(caught.value, DamageError) == ("sha256" in change)


def test_names_and_cards_are_shown(capsys):
    assert main(["list", "zoo"]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in KINDS)
    assert main(["zoo", "show", "pandemic/published-log-linear"]) == 0
    assert "pandemic/published-log-linear" in capsys.readouterr().out


def test_unknown_and_damaged_entries_are_one_line(tmp_path, monkeypatch, capsys):
    assert main(["pandemic", "run", "pandemic/published-loglinear"]) == 2
    assert "did you mean pandemic/published-log-linear?" in capsys.readouterr().err
    assert main(["zoo", "show", "pandemic/none"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert main(["evaluate", "pandemic/published-tree"]) == 2
    assert "policies of the pandemic are for solon pandemic run" in capsys.readouterr().err
    place = tmp_path / "pandemic" / "x"
    shutil.copytree(folder_of("pandemic/published-tree"), place)
    monkeypatch.setattr(files, "ROOT", tmp_path)
    (place / "policy.yaml").write_text("level: 7\n")
    with pytest.raises(DamageError, match="the hash that its entry"):
        read_entry("pandemic/x", "policy", POLICY)
    record = json.loads((place / RECORD).read_text())
    record["file"]["name"] = "../x.yaml"
    (place / RECORD).write_text(json.dumps(sealed(record)))
    with pytest.raises(DamageError, match="`file` is damaged"):
        read_entry("pandemic/x", "policy", POLICY)
    (place / RECORD).write_text("{")
    with pytest.raises(ConfigurationError, match="this one is damaged"):
        read_entry("pandemic/x", "policy", POLICY)
