"""Entries that are damaged, strange or do not fit: one line that says so."""

import hashlib
import json
import shutil

import numpy as np
import pytest
import safetensors.numpy

import solon
from solon import ConfigurationError
from solon.cli import main
from solon.errors import DamageError
from solon.runs.seals import sealed
from solon.zoo import files
from solon.zoo.packing import pack

from .conftest import NAME


def write(entry, change):
    """Change what is in the record of an entry."""
    record = json.loads((entry / files.RECORD).read_text())
    change(record)
    (entry / files.RECORD).write_text(json.dumps(sealed(record)))


def store(entry, data):
    """Other policies, with the hash that they have."""
    (entry / files.POLICY).write_bytes(data)
    write(entry, lambda r: r["file"].update(sha256=hashlib.sha256(data).hexdigest()))


def change_bias(entry, change):
    """Other numbers in the place of a bias; None for none at all."""
    arrays = safetensors.numpy.load((entry / files.POLICY).read_bytes())
    bias = next(path for path in arrays if path.endswith("policy_head.bias"))
    changed = change(arrays.pop(bias))
    arrays |= {} if changed is None else {bias: changed}
    store(entry, safetensors.numpy.save(arrays))


def add(entry):
    arrays = safetensors.numpy.load((entry / files.POLICY).read_bytes())
    store(entry, safetensors.numpy.save(arrays | {"other": np.zeros(1, "f4")}))


def flip(entry):
    data = bytearray((entry / files.POLICY).read_bytes())
    data[-1] ^= 1
    (entry / files.POLICY).write_bytes(bytes(data))


DAMAGE = {
    "a bit": (flip, "hash"),
    "cut short": (lambda e: (e / files.POLICY).write_bytes(b"\x08"), "hash"),
    "no policies": (lambda e: (e / files.POLICY).unlink(), "No such file"),
    "not safetensors": (lambda e: store(e, b"\x80\x04N."), "damaged"),
    "another shape": (lambda e: change_bias(e, lambda b: b[:3].copy()), r"has shape \(3,\)"),
    "another kind": (lambda e: change_bias(e, lambda b: b.astype("i2")), "holds int16"),
    "missing": (lambda e: change_bias(e, lambda b: None), "is missing"),
    "too many": (add, "other has no place"),
    "no record": (lambda e: (e / files.RECORD).write_text("{"), "entry.json .this one is damaged"),
    "a list": (lambda e: (e / files.RECORD).write_text("[]"), "format 1 .this has None"),
    "later format": (lambda e: write(e, lambda r: r.update(format=2)), "format 1 .this has 2"),
    "no rules": (lambda e: write(e, lambda r: r.pop("rules")), "`rules` is missing"),
    "other rules": (
        lambda e: write(e, lambda r: r.update(rules="one-step-economy@0")),
        "one-step-economy@1 .this is under one-step-economy@0",
    ),
    "half of its rates": (
        lambda e: write(e, lambda r: r.update(rates={"cutoffs": [0], "mean": [0.1, 0.2]})),
        "`rates` is damaged",
    ),
    "no card and an empty record": (
        lambda e: ((e / files.CARD).unlink(), (e / files.RECORD).write_text("{}")),
        "`format` is missing",
    ),
    "no card": (lambda e: (e / files.CARD).unlink(), "No such file"),
    "other networks": (
        lambda e: write(e, lambda r: r["config"]["ppo"].update(hidden=[5])),
        r"damaged .*hidden is \[4\] there and \[5\] here",
    ),
    "half a configuration": (
        lambda e: write(e, lambda r: r["config"].pop("ppo")),
        "config has not exactly",
    ),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_damage_is_refused(entry, kind):
    damage, said = DAMAGE[kind]
    damage(entry)
    with pytest.raises(ConfigurationError, match=said) as caught:
        solon.zoo.load(NAME)
    assert str(caught.value).startswith(f"name: got {NAME!r}; allowed: ")
    assert "\n" not in str(caught.value)
    # What another version of Solon wrote need not be damaged.
    of_another = kind in ("a list", "later format", "other rules")
    assert isinstance(caught.value, DamageError) != of_another


def test_what_does_not_fit_is_refused(zoo):
    for options, said in (
        ({"observation": "foundation"}, "networks fit, .*see something else"),
        ({"periodic_bracket_tax": {"cutoffs": [0, 50]}}, "networks fit, .*shape"),
        ({"workers": 0}, "workers: got 0"),
        ({"sizes": 3}, "sizes: got 3"),
    ):
        with pytest.raises(ConfigurationError, match=said):
            solon.zoo.load(NAME, **options)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["zoo", "show", "tests/one-step/seaz"], f"did you mean {NAME}?"),
        (["zoo", "show", "../policies"], "one of the zoo"),
        (["zoo", "show"], "one NAME"),
        (["zoo", "pack", NAME], "RUN NAME"),
        (["evaluate", "tests/one-step/seaz"], f"did you mean {NAME}?"),
        (["compare", NAME, "tests/one-step/seaz"], f"did you mean {NAME}?"),
        (["compare", NAME, "us-federal", "--workers", "nobody"], "a name of the zoo"),
        (["schedule", "show", NAME], "under a fixed schedule"),
        (["train", "--planner", NAME], "under a fixed schedule"),
        (["train", "--economy", "one-step-economy", "--start", "nobody"], "a name of the zoo"),
        (
            ["train", "--economy", "one-step-economy", "--start", "tests/one-step/seaz"],
            f"did you mean {NAME}?",
        ),
        (["compare", "nothing-known", NAME], "a run folder, camelback"),
        (["compare", "nothing-known", NAME], "a name of the zoo"),
    ],
)
def test_one_line_and_status_2(zoo, workplace, capsys, arguments, said):
    assert main(arguments) == 2
    line = capsys.readouterr().err
    assert said in line and line.count("\n") == 1
    assert list(workplace.iterdir()) == []


def test_a_damaged_entry_does_not_keep_others_from_being_listed(zoo, entry, capsys):
    shutil.copytree(entry, zoo / "other")
    flip(entry)
    assert main(["list", "zoo"]) == 0
    lines = capsys.readouterr().out.splitlines()
    other, damaged = (line for line in lines if not line.startswith("pandemic/"))
    assert other.startswith("other") and "pilot" in other
    assert "cannot be read" in damaged


def test_runs_that_can_not_be_packed(zoo, run, tmp_path):
    bare = shutil.copytree(run, tmp_path / "bare")
    shutil.rmtree(bare / "evaluation")
    own = shutil.copytree(run, tmp_path / "own")
    record = json.loads((own / "run.json").read_text())
    record["config"]["economy"] = "inputs/own.py:Harvest"
    (own / "run.json").write_text(json.dumps(sealed(record)))
    for arguments, said in (
        ((bare, "a"), "solon evaluate"),
        ((own, "a"), "comes with Solon"),
        ((run, "Large"), "lower-case words"),
        ((run, "a/../../b"), "lower-case words"),
        ((run, "tests/one-step"), "no part of another"),
        ((run, f"{NAME}/more"), "no part of another"),
    ):
        with pytest.raises(ConfigurationError, match=said):
            pack(*arguments)
    with pytest.raises(ConfigurationError, match="status: got 'best'"):
        pack(run, "a", status="best")
    assert solon.zoo.names() == (NAME,)


def test_a_name_that_no_file_can_have_leaves_no_folder(zoo, run):
    with pytest.raises(ConfigurationError, match="File name too long"):
        pack(run, "new/" + "a" * 300)
    assert not (zoo / "new").exists()
    assert solon.zoo.names() == (NAME,)
