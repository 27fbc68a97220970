"""`solon pandemic run`, on two states and thirty days."""

import json
import pathlib

import numpy as np
import pytest

from solon.applications.pandemic.card import ADVICE
from solon.applications.pandemic.evaluate import evaluate_policies, reported
from solon.applications.pandemic.outcome import summarize
from solon.applications.pandemic.policies.files import read_policy
from solon.cli import main
from solon.economies.pandemic import Pandemic

ROOT = pathlib.Path(__file__).parents[4]
SMALL = ("--states", "TX,Ohio", "--days", "30")

RULE = """
name: close <b>early</b>
threshold:
- {signal: deaths, upper: 0.5, lower: 0.1, above: 8, below: 3}
- {signal: unemployment, upper: 12, lower: 5, above: 2}
window: 7
subsidy: 3
"""


@pytest.fixture(scope="module")
def economy():
    return Pandemic(states=("TX", "OH"), horizon=30)


def table(economy, days=30):
    start = np.datetime64(economy.start_date)
    lines = ["state,date,stringency,subsidy"]
    for k in range(1, days + 1):
        date = start + np.timedelta64(k, "D")
        for state in ("TX", "OH"):
            lines.append(f"{state},{date},{4 + (state == 'OH') + (k > 10)},{2 * (k > 5)}")
    return "\n".join(lines)


def test_policies_are_carried_out(economy, workplace):
    """What the economy did on each day is what the policy says."""
    (workplace / "own.csv").write_text(table(economy))
    (workplace / "rule.yaml").write_text(RULE)
    policies = [
        read_policy(text, economy)
        for text in ("level=7,subsidy=20", "real", "own.csv", "rule.yaml")
    ]
    constant, real, own, rule = evaluate_policies(economy, policies)
    assert (constant.stringency[0, 1:] == 7).all()
    person = 20_000 / 365
    np.testing.assert_allclose(constant.subsidy[0, 1:], [constant.population * person] * 30, 1e-5)
    data = reported(economy)
    np.testing.assert_array_equal(real.stringency[0], data.stringency)
    assert own.stringency[0, [1, 10, 11, 30]].tolist() == [[4, 5], [4, 5], [5, 6], [5, 6]]
    shares = own.subsidy[0, :, 0] / own.population[0] / person
    np.testing.assert_allclose(shares[1:], [0] * 5 + [0.1] * 25, atol=1e-6)
    assert rule.policy == "close <b>early</b>"
    assert set(np.unique(rule.stringency[0, 1:])) <= {2, 3, 8, *rule.stringency[0, 0].tolist()}
    changes = np.abs(np.diff(rule.stringency[0], axis=0)) > 0
    assert changes.sum(axis=0).min() >= 1 and changes.sum(axis=0).max() <= 2
    for outcome in (constant, real, own, rule):
        lost = summarize(outcome)["lost_output"]
        assert 0 < lost[0] < 0.3
    # Transmission follows the level after 29 days, and deaths later still: nobody is saved yet.
    np.testing.assert_allclose(constant.deaths, rule.deaths)


def test_table_numbers_and_report(workplace, capsys):
    (workplace / "rule.yaml").write_text(RULE)
    outputs = ["--json", "new/numbers.json", "--report", "new/report.html"]
    assert main(["pandemic", "run", "real", "data", "rule.yaml", *SMALL, *outputs]) == 0
    shown = capsys.readouterr().out
    for text in ("Federal welfare", "Deaths", "Debt", "as reported", "close <b>early</b>", ADVICE):
        assert text in shown
    numbers = json.loads((workplace / "new/numbers.json").read_text())
    assert list(numbers["policies"]) == ["real policy", "as reported", "close <b>early</b>"]
    deaths = numbers["policies"]["as reported"]["deaths"][0]
    assert 0 < deaths < 5000
    page = (workplace / "new/report.html").read_text()
    assert "close &lt;b&gt;early" in page and "<b>early" not in page


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["level=11"], "level: got 11; allowed: a whole number from 1 to 10"),
        (["level=7,subsidy=21"], "subsidy: got 21"),
        (["level=7.5"], "level: got '7.5'"),
        (["none.csv"], "policy: got 'none.csv'; allowed: a text file (No such"),
        (["lockdown"], "policy: got 'lockdown'"),
        ([], "POLICY: got 0"),
        (["real", "real"], "a different name"),
        (["real", "--states", "TX,Atlantis"], "--states: got 'Atlantis'"),
        (["real", "--start", "2022-01-01"], "--start: got '2022-01-01'"),
        (
            ["real", "--start", "2020-03-22", "--days", "500"],
            "--days: got 500; allowed: a whole number from 1 to 436",
        ),
        (["level=7", "--days", "0"], "got 0"),
        (["real", "--rules", "mine"], "--rules: got 'mine'; allowed: default or foundation"),
        (["real", "--report", "short.csv/report.html"], "--report"),
        (["short.csv", *SMALL], "no row for Texas on 2020-04-20 and 1 more days"),
        (["bad.yaml"], "bad.yaml"),
        (["odd.yaml"], "got 'colour'"),
        (["twice.yaml"], "got 'twice.yaml'; allowed: a JSON or YAML file (line 2, column 1: a key"),
        (["twice.csv"], "twice.csv, columns"),
        (["control.json"], "control.json, name: got 'a\\x00'"),
        (["surrogate.json"], "surrogate.json, name: got"),
        (["high.yaml"], "high.yaml, above: got 11; allowed: a whole number from 1 to 10"),
        (["level=" + "7" * 5000], "level: got '777"),
        (["real", "--transmission", "1,x"], "--transmission: got '1,x'"),
        (["real", "--transmission", "-1", *SMALL], "--transmission: got -1.0"),
        (["real", "--method", "threshold"], "--method: got 'threshold'; allowed: with optimize"),
        (["real", "--json", "a", "--report", "./a"], "--json: got 'a'; allowed: another file"),
        (["real", "--ensemble", "none.safetensors"], "--ensemble: got 'none.safetensors'"),
        (["real", "--ensemble", "old.safetensors"], "old.safetensors of pandemic@0'; allowed"),
        (["real", "--ensemble", "pandemic/none"], "--ensemble: got 'pandemic/none'; allowed: one"),
        (
            ["real", "--ensemble", "fit.safetensors", "--rules", "foundation"],
            "--ensemble: got 'fit.safetensors'; allowed: with --rules default",
        ),
        (
            ["real", "--ensemble", "fit.safetensors", "--start", "2020-03-22"],
            "--start: got '2020-03-22'; allowed: 2021-01-31, its own",
        ),
        (
            ["real", "--ensemble", "fit.safetensors", "--days", "200"],
            "--days: got 200; allowed: a whole number from 1 to 121",
        ),
    ],
)
def test_mistakes_are_one_line(arguments, words, economy, workplace, capsys):
    (workplace / "short.csv").write_text(table(economy, days=28))
    (workplace / "bad.yaml").write_text("level: [1, 2\n")
    (workplace / "odd.yaml").write_text("level: 3\ncolour: red\n")
    (workplace / "twice.yaml").write_text("level: 3\nlevel: 9\n")
    (workplace / "twice.csv").write_text("state,date,stringency,stringency\nTX,2020-03-23,5,9\n")
    (workplace / "control.json").write_text('{"name": "a\\u0000", "level": 3}')
    (workplace / "surrogate.json").write_text('{"name": "\\ud800", "level": 3}')
    rule = "threshold: {signal: deaths, upper: 5, lower: 1, above: 11}\n"
    (workplace / "high.yaml").write_text(rule)
    fitted = (ROOT / "results/pandemic/calibration/ensemble.safetensors").read_bytes()
    (workplace / "fit.safetensors").write_bytes(fitted)
    old = fitted.replace(b"pandemic@1", b"pandemic@0")
    (workplace / "old.safetensors").write_bytes(old)
    before = sorted(workplace.iterdir())
    assert main(["pandemic", "run", *arguments]) == 2
    shown = capsys.readouterr()
    assert words in shown.err
    assert shown.err.count("\n") == 1 and shown.out == ""
    assert sorted(workplace.iterdir()) == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "--out: got None"),
        (["--out", "plan.csv"], "--out: got 'plan.csv'; allowed: a file .yaml"),
        (["--method", "luck"], "--method: got 'luck'"),
        (["--changes", "-1"], "--changes: got -1.0"),
        (["--stringency", "0"], "--stringency: got 0"),
        (["--budget", "-5"], "--budget: got -5.0"),
        (["--budget", "1e9", "--subsidy", "2"], "--budget: got 1000000000.0; allowed: at least"),
        (["--subsidy", "21"], "--subsidy: got 21"),
        (
            ["--unemployment", "8"],
            "--unemployment: got 8.0; allowed: with --method log-linear or threshold",
        ),
        (
            ["--method", "log-linear", "--unemployment", "1"],
            "--unemployment: got 1.0; allowed: at least 4.56, that of level 1 everywhere",
        ),
        (["--evaluations", "10"], "--evaluations: got 10; allowed: a whole number from 100"),
        (["--report", "plan.yaml"], "another file"),
    ],
)
def test_searches_that_can_not_be_are_one_line(arguments, words, workplace, capsys):
    out = ["--out", "plan.yaml"] if arguments and "--out" not in arguments else []
    assert main(["pandemic", "optimize", *out, *SMALL, *arguments]) == 2
    shown = capsys.readouterr()
    assert words in shown.err
    assert shown.err.count("\n") == 1 and shown.out == ""
    assert not list(workplace.iterdir())


def test_a_policy_is_found_written_and_played(workplace, capsys):
    search = ["--method", "threshold", "--evaluations", "200", "--out", "new/rule.yaml"]
    factors = ["--transmission", "0.9,1.1"]
    assert main(["pandemic", "optimize", "level=7", *SMALL, *search, *factors]) == 0
    shown = capsys.readouterr().out
    assert "192 simulated episodes; written to new/rule.yaml" in shown
    numbers = ["--json", "numbers.json"]
    assert main(["pandemic", "run", "new/rule.yaml", *SMALL, *factors, *numbers]) == 0
    content = json.loads((workplace / "numbers.json").read_text())
    assert len(content["policies"]["threshold"]["federal_welfare"]) == 2


def test_members_of_an_ensemble_are_the_draws(workplace, capsys):
    ensemble = ROOT / "results/pandemic/calibration/ensemble.safetensors"
    options = ["--ensemble", str(ensemble), "--states", "TX,OH", "--json", "numbers.json"]
    assert main(["pandemic", "run", "level=5", *options]) == 0
    shown = capsys.readouterr().out
    assert "2021-01-31 to 2021-04-30" in shown
    assert "\nMedians and 10th to 90th percentile of 12 draws\n" in shown
    content = json.loads((workplace / "numbers.json").read_text())
    assert len(content["policies"]["level 5"]["deaths"]) == 12


def test_first_change_begins_a_cooldown(economy, workplace):
    """Texas began at another level than its first row, and changes ten days later."""
    (workplace / "own.csv").write_text(table(economy))
    start = reported(economy).stringency[0].tolist()
    assert start[0] != 4 and start[1] != 5
    (remark,) = read_policy("own.csv", economy).remarks
    assert remark.startswith("own: 2 changes of level come less than 28 days")
