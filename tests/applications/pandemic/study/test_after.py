"""What policies leave to the days after the last one: simulated, charged, and quoted."""

import dataclasses
import json
import pathlib

import jax
import numpy as np
import pytest
import yaml

from solon.applications.pandemic import packing
from solon.applications.pandemic.entries import POLICY
from solon.applications.pandemic.evaluate import evaluate_policies
from solon.applications.pandemic.outcome import SUMMARY
from solon.applications.pandemic.policies.files import PandemicPolicy, constant_policy, read_policy
from solon.applications.pandemic.policies.level_schedule import LevelSchedule
from solon.applications.pandemic.study import worlds
from solon.applications.pandemic.study.after import left_behind, points_per_death
from solon.applications.pandemic.study.cells import config_of
from solon.applications.pandemic.study.charged import (
    CHARGED,
    Charged,
    charged_rows,
    further_rows,
    length_rows,
)
from solon.applications.pandemic.study.files import (
    AFTER,
    FURTHER,
    LENGTHS,
    OUTCOMES,
    STATES,
    parquet,
    read_columns,
)
from solon.applications.pandemic.study.numbers import (
    THRESHOLD,
    Comparison,
    outcome_rows,
    regret_rows,
)
from solon.applications.pandemic.study.study import REAL, titles
from solon.applications.pandemic.study.tables import percent
from solon.data.covid19 import load
from solon.economies.pandemic import Pandemic
from solon.evidence.reproduce import CELL_FILE, read_cells
from solon.evidence.studies import load_study
from solon.zoo.files import read_entry

ROOT = pathlib.Path(__file__).parents[4]
RESULTS = ROOT / "results" / "pandemic"
CAPPED = "MLP governors, unemployment capped, learned"
UNCAPPED = "MLP governors, learned"
SHIPPED = f"{CAPPED}, seed 2"


def test_what_is_left_behind_is_what_a_longer_episode_has():
    env = Pandemic(states=("VT", "TX"), horizon=40, compatibility="foundation")
    longer = dataclasses.replace(env, horizon=60)
    draws = jax.tree.map(lambda leaf: leaf[None], env.default_params())
    (outcome,) = evaluate_policies(env, [constant_policy(env, 3)], draws)
    deaths, rewards = left_behind(env, outcome, draws, 20, held="own")
    (whole,) = evaluate_policies(longer, [constant_policy(longer, 3)])
    total = whole.deaths[0].sum(axis=1)
    np.testing.assert_allclose(deaths[0], total[41:] - total[40], rtol=1e-4)
    gained = whole.federal_welfare - outcome.federal_welfare
    np.testing.assert_allclose(rewards[0, -1], gained[0], rtol=1e-3)

    # Real levels are those of the last day, whatever the policy did before.
    real = load().select(env.state_names, start=env.start_date, days=41).stringency[-1]
    levels = np.concatenate([np.full((40, 2), 3.0), np.tile(real, (20, 1))])
    plan = PandemicPolicy("then real", LevelSchedule(levels), LevelSchedule(np.zeros((60, 1))))
    (whole,) = evaluate_policies(longer, [plan])
    total = whole.deaths[0].sum(axis=1)
    deaths, _ = left_behind(env, outcome, draws, 20, held="real")
    np.testing.assert_allclose(deaths[0], total[41:] - total[40], rtol=1e-4)


def test_a_death_has_the_price_that_the_federal_reward_gives_it():
    """By the published formula: the value of a life over a year's output, scaled and weighted."""
    env = worlds.economy("published")
    params = env.default_params()
    goals, most = params.objectives.planner, float(env.full_output(params).sum())
    odds = float(goals.priority) * float(goals.health_weight)
    weight = odds / (odds + 1 - float(goals.health_weight))
    span = float(goals.health_high) - float(goals.health_low)
    expected = weight * float(params.objectives.value_of_life) / (365 * most) / span
    found = points_per_death(env, jax.tree.map(lambda leaf: leaf[None], params))
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    assert f"{1e5 * found[0]:.2f}" == "4.87"


@pytest.fixture
def made(tmp_path):
    """Three policies and a learner of two trainings in two draws, made up."""
    policies = {
        REAL: ([10.0, 10.0], [1000.0, 1000.0], [100, 100]),
        "level 7": ([11.0, 11.0], [500.0, 500.0], [0, 0]),
        "level 7, subsidy 20": ([9.0, 9.0], [500.0, 500.0], [0, 0]),
        THRESHOLD: ([12.0, 12.0], [400.0, 400.0], [0, 0]),
        f"{CAPPED}, seed 0": ([14.0, 13.0], [300.0, 300.0], [1000, 100]),
        f"{CAPPED}, seed 1": ([12.5, 12.5], [300.0, 300.0], [0, 0]),
    }
    rows = {key: [] for key in ("policy", "change", "draw", *SUMMARY)}
    for name, (welfare, deaths, _) in policies.items():
        for change in ("none", *worlds.CHANGES):
            for draw in range(2):
                rows["policy"].append(name)
                rows["change"].append(change)
                rows["draw"].append(draw)
                for key in SUMMARY:
                    rows[key].append(welfare[draw] if key == "federal_welfare" else deaths[draw])
    (tmp_path / "compared").mkdir()
    (tmp_path / "after").mkdir()
    (tmp_path / "compared" / OUTCOMES).write_bytes(parquet(rows))
    states = {"policy": [REAL], "state": ["Ohio"], "deaths_per_100k": [1.0]}
    (tmp_path / "compared" / STATES).write_bytes(parquet(states))
    left = {name: one[2] for name, one in policies.items() if "subsidy" not in name}
    dead = [number for two in left.values() for number in two]
    columns = {
        "policy": [name for name in left for _ in range(2)],
        "draw": [0, 1] * len(left),
        **{f"deaths_{days}{held}": dead for days in LENGTHS for held in ("", "_own")},
        **{f"reward_{days}": [1.0] * 2 * len(left) for days in LENGTHS},
    }
    (tmp_path / "after" / AFTER).write_bytes(parquet(columns))
    return Charged(Comparison(tmp_path / "compared"), {"points_per_100k_deaths": 200.0})


def test_deaths_after_the_last_day_are_charged(made):
    rows = {row["policy"]: row for row in charged_rows(made)}
    # 1,000 deaths cost 2 points: 14 less 2 and 13 less 0.2, against 12 and 12.
    first = rows[f"{CAPPED}, seed 0"]
    assert first["over_threshold"]["mean"] == pytest.approx((0.0 + 0.8) / 2, abs=1e-6)
    assert first["over_real"]["mean"] == pytest.approx((2.2 + 3.0) / 2, abs=1e-6)
    assert first["above_threshold"] == pytest.approx(0.5)
    # With 1,300 and 400 deaths against 1,100.
    assert first["ratio"] == pytest.approx((1300 + 400) / 2 / 1100)
    assert first["ratio_at_the_end"] == pytest.approx(0.3) and first["fewer_deaths"] == 0.5
    pooled = rows[f"{CAPPED}, 2 times"]
    assert pooled["over_threshold"]["mean"] == pytest.approx((0.4 + 0.5) / 2, abs=1e-6)
    assert rows[f"{CAPPED}, seed 1"]["above_threshold"] == 1
    lengths = length_rows(made)[f"{CAPPED}, seed 0"]
    assert list(lengths) == list(CHARGED)
    assert lengths[""]["over_threshold"] == pytest.approx(1.5)
    assert lengths["deaths_60"]["over_threshold"] == pytest.approx(0.4, abs=1e-6)
    assert lengths["reward_60"]["over_threshold"] == pytest.approx(1.5)


@pytest.fixture(scope="module")
def committed():
    results = read_cells(load_study("pandemic"), RESULTS, "full")
    found = {w: Comparison(RESULTS / "cells" / w / "compared") for w in worlds.WORLDS}
    return results, found


def test_what_was_recorded_is_what_policies_leave_behind(committed):
    """The shipped policy in two of the draws, played anew."""
    _, found = committed
    env = worlds.economy("published")
    judged = worlds.draws("published", "judged", 200, None)
    draws = jax.tree.map(lambda leaf: leaf[:2], judged)
    policy = read_policy("pandemic/published-mlp-capped", env)
    (outcome,) = evaluate_policies(env, [policy], draws)
    deaths, _ = left_behind(env, outcome, draws, max(LENGTHS), held="real")
    columns = read_columns(RESULTS / "cells" / "published" / "after" / AFTER)
    where = columns["policy"] == SHIPPED
    for days in LENGTHS:
        kept = columns[f"deaths_{days}"][where][:2]
        np.testing.assert_allclose(deaths[:, days - 1], kept, rtol=1e-3)
    # Transmission follows levels after four weeks, so that the first are the policy's own.
    np.testing.assert_array_equal(columns["deaths_30"], columns["deaths_30_own"])
    welfare = found["published"].welfare(CAPPED)[2, :2]
    np.testing.assert_allclose(outcome.federal_welfare, welfare, rtol=1e-4)


@pytest.fixture(scope="module")
def numbers(committed):
    """Rows by policy in the published world: to the last day, charged, by length, further."""
    results, found = committed
    world = found["published"]
    apart = Comparison(world.folder, pooled=False)
    charged = Charged(world, results["published/after"])
    return {
        "to the end": {row["policy"]: row for row in (*outcome_rows(world), *outcome_rows(apart))},
        "charged": {row["policy"]: row for row in charged_rows(charged)},
        "lengths": length_rows(charged),
        "further": {
            row["policy"]: row for row in further_rows(world, results["published/further"])
        },
    }


def text_of(*place):
    """A page without its line breaks and marks."""
    return " ".join(ROOT.joinpath(*place).read_text("utf-8").replace("*", "").split())


def less(estimate, low="low", high="high"):
    """A mean below zero as a distance, with its interval."""
    return f"({-estimate[high]:.1f} to {-estimate[low]:.1f})"


def span(estimate):
    return f"({estimate['low']:.1f} to {estimate['high']:.1f})"


def test_readme_and_page_say_what_the_last_day_hides(numbers):
    end, charged, by_length = (numbers[key] for key in ("to the end", "charged", "lengths"))
    shipped, all_five = charged[SHIPPED], charged[f"{CAPPED}, 5 times"]
    free, rule, real = charged[f"{UNCAPPED}, 5 times"], charged[THRESHOLD], charged[REAL]
    left = [f"{one['deaths_after'][0] / 1e3:.0f}" for one in (shipped, rule, real)]
    lead, later = end[SHIPPED]["over_threshold"], shipped["over_threshold"]
    gain, kept = end[SHIPPED]["mean_difference"]["mean"], shipped["over_real"]
    often = percent(end[SHIPPED]["above_threshold"]), percent(shipped["above_threshold"])
    free_lead = end[f"{UNCAPPED}, 5 times"]["over_threshold"]["mean"]
    assert shipped["above_real"] == shipped["fewer_deaths"] == 1
    assert end[SHIPPED]["all_three"] == end[f"{CAPPED}, 5 times"]["all_three"] == 1
    # Half and two thirds.
    assert shipped["ratio_at_the_end"] == pytest.approx(1 / 2, abs=0.05)
    assert shipped["ratio"] == pytest.approx(2 / 3, abs=0.01)
    readme = [
        f"leaves {left[0]} thousand deaths to the next 60 days (the rule {left[1]}, the real "
        f"policy {left[2]})",
        *_readme_rows(end, charged),
    ]
    ratios = [one[key] for one in (shipped, all_five) for key in ("ratio_at_the_end", "ratio")]
    five = end[f"{CAPPED}, 5 times"]["over_threshold"]
    page = [
        f"is {lead['mean']:.1f} points ahead to the last day, and {-later['mean']:.1f} behind",
        f"{kept['mean']:.1f} points where it was {gain:.1f}; governors without a cap keep",
        f"{left[0]} thousand deaths to these 60 days in the median; the real policy leaves "
        f"{left[2]} thousand, and the threshold rule {left[1]}.",
        f"{lead['mean']:.1f} above the threshold rule in the mean, and above it in {often[0]}",
        f"charged it is {-later['mean']:.1f} below {less(later)}, and above it in {often[1]}",
        f"{five['mean']:.1f} above to the last day, and "
        f"{-all_five['over_threshold']['mean']:.1f} below with the days after it "
        f"{less(all_five['over_threshold'])}",
        f"falls from {gain:.1f} to {kept['mean']:.1f} {span(kept)} and stands",
        f"has {ratios[0]:.2f} of the real policy's deaths at the last day, and {ratios[1]:.2f} "
        f"with the 60 days after it. For the five trainings together these are {ratios[2]:.2f} "
        f"and {ratios[3]:.2f}",
        f"{free['over_threshold']['mean']:.1f} {span(free['over_threshold'])} where it was "
        f"{free_lead:.1f}",
        f"that over the real policy, {free['over_real']['mean']:.1f} where it was "
        f"{end[f'{UNCAPPED}, 5 times']['mean_difference']['mean']:.1f}",
    ]
    lengths = [by_length[SHIPPED][f"deaths_{days}"]["over_threshold"] for days in LENGTHS]
    own = [by_length[SHIPPED][f"deaths_{days}_own"]["over_threshold"] for days in (60, 120)]
    least = min(one["over_real"] for one in by_length[SHIPPED].values())
    whole = by_length[SHIPPED]["reward_60"]["over_threshold"]
    page += [
        "by " + "{:.1f}, {:.1f} and {:.1f} after 30, 60 and 120 days".format(*np.negative(lengths)),
        f"{-own[0]:.1f} below the threshold rule then after 60 days, and {-own[1]:.1f} after 120",
        f"as well: {-whole:.1f} below",
        f"by {least:.1f} at the least (120 days, own levels)",
    ]
    assert least == by_length[SHIPPED]["deaths_120_own"]["over_real"]

    def above(name, other, key):
        rows = by_length[name][key], by_length[other][key]
        return rows[0]["over_threshold"] - rows[1]["over_threshold"]

    mlp, rule, tree = f"{UNCAPPED}, 5 times", "log-linear rule by gradients", "distilled tree"
    first, second, third = (above(mlp, rule, key) for key in ("", "deaths_60", "deaths_120"))
    others = ("plan by gradients", "log-linear governors, learned, 5 times")
    before, behind = ([above(one, tree, key) for one in others] for key in ("", "deaths_60"))
    capped = above(f"{CAPPED}, 5 times", f"{rule}, unemployment capped", "deaths_60")
    page += [
        f"are {first:.1f} above the log-linear rule by gradients to the last day, {second:.1f} "
        f"after 60 days, and {-third:.1f} below it after 120",
        "are {:.1f} and {:.1f} above the tree".format(*before),
        "{:.1f} and {:.1f} below it after 60".format(*np.negative(behind)),
        f"governors are {-capped:.1f} behind with the 60 days after it",
    ]
    for place, fragments in ((("README.md",), readme), (("docs", "pandemic-study.md"), page)):
        found = text_of(*place)
        assert not [one for one in fragments if one not in found]


def _readme_rows(end, charged):
    """Of README's table: leads to the last day and with the deaths of the 60 days after it."""
    found = []
    for name, title, over in (
        (SHIPPED, "capped, best of five", THRESHOLD),
        (f"{CAPPED}, 5 times", "capped, all five", THRESHOLD),
        (SHIPPED, "capped, best of five", REAL),
        (f"{UNCAPPED}, 5 times", "uncapped, all five", THRESHOLD),
        (f"{UNCAPPED}, 5 times", "uncapped, all five", REAL),
    ):
        rule = over == THRESHOLD
        keys = ("over_threshold", "above_threshold") if rule else ("over_real", "above_real")
        first = end[name]["over_threshold" if rule else "mean_difference"]["mean"]
        then = charged[name][keys[0]]
        found.append(
            f"| {title} | the {'tuned threshold rule' if rule else over} | {first:+.1f}, "
            f"{percent(end[name][keys[1]])} | {then['mean']:+.1f} [{then['low']:+.1f}, "
            f"{then['high']:+.1f}], {percent(charged[name][keys[1]])} |"
        )
    return found


def test_the_shipped_training_opens_before_the_last_day(committed):
    levels = committed[0]["published/compared"]["levels"]
    assert round(levels[SHIPPED][-1]) == 1 and levels[REAL][-1] > 4
    assert yaml.safe_load(read_entry("pandemic/published-mlp-capped", kind=POLICY).data)[
        "name"
    ].startswith(SHIPPED)


def test_no_other_ranking_changes_with_the_length(numbers):
    """Sides that the page says change: governors from 30 days on, the rule from 60 on."""
    by_length = numbers["lengths"]
    changing = set()
    for name, row in by_length.items():
        for over in ("over_threshold", "over_real"):
            signs = {np.sign(round(one[over], 6)) for one in row.values()}
            changing |= {name} if len(signs) > 1 else set()
    rule = "log-linear rule by gradients, unemployment capped"
    assert changing == {rule, *(name for name in by_length if name.startswith(CAPPED))}
    for name in changing - {rule}:
        assert by_length[name][""]["over_threshold"] > 0
        assert all(by_length[name][key]["over_threshold"] < 0 for key in list(CHARGED)[1:])
    leads = [by_length[rule][key]["over_threshold"] for key in list(CHARGED)[:4]]
    assert leads[0] > leads[1] > 0 > leads[2] > leads[3]


def test_the_page_says_what_the_calibration_does(committed):
    results, found = committed
    world = found["calibrated"]
    charged = Charged(world, results["calibrated/after"])
    rows = {row["policy"]: row for row in charged_rows(charged)}
    (end,) = [row for row in outcome_rows(world) if row["policy"] == f"{CAPPED}, 5 times"]
    own = rows[f"{CAPPED}, 5 times"]
    left = [f"{one['deaths_after'][0] / 1e3:.0f}" for one in (own, rows[REAL], rows[THRESHOLD])]
    before, later = end["over_threshold"]["mean"], own["over_threshold"]
    fragments = [
        f"leave {left[0]} thousand deaths to the 60 days, the real policy {left[1]} and the "
        f"threshold rule {left[2]}.",
        f"falls from {before:.1f} to {later['mean']:.1f} {span(later)} and stands, in "
        f"{percent(own['above_threshold'])} of the draws and trainings",
        f"{own['ratio_at_the_end']:.2f} of the real policy's deaths at the last day and "
        f"{own['ratio']:.2f} with the 60 days after it",
        f"{later['mean']:.1f} where it was {before:.1f}",
        f"{results['calibrated/after']['points_per_100k_deaths']:.2f} under the calibration",
    ]
    page = text_of("docs", "pandemic-study.md")
    assert not [one for one in fragments if one not in page]
    assert f"all five keep the lead: {before:+.1f}, then {later['mean']:+.1f}" in text_of(
        "README.md"
    )
    stronger = regret_rows(found["published"])
    short = stronger[f"{CAPPED}, 5 times"]["transmission 1.3"]
    assert stronger[f"{UNCAPPED}, 5 times"]["transmission 1.3"] == 0
    assert f"capped governors end {short:.0f} points below uncapped ones" in text_of("README.md")
    for row in length_rows(charged).values():
        for over in ("over_threshold", "over_real"):
            assert len({np.sign(round(one[over], 6)) for one in row.values()}) == 1


def test_the_page_says_what_other_figures_are_in_the_results(committed):
    """Sentences that quoted what was in no file quote the results now."""
    results, found = committed
    page = text_of("docs", "pandemic-study.md")
    world = found["published"]
    paid = world.welfare("level 7, subsidy 20") - world.welfare("level 7")
    assert f"level 7 with the highest ones has {-paid.mean():.1f} less than without" in page
    changes = []
    for one in found.values():
        rows = regret_rows(one).values()
        for kind in ("vaccines", "transmission"):
            moved = [abs(r[name] - r["none"]) for r in rows for name in r if kind in name]
            changes.append(max(moved))
    assert (
        f"no regret by more than {changes[0]:.1f} points under the published parameters, where "
        f"transmission changes one by {changes[1]:.0f}; under the calibration by {changes[2]:.1f}, "
        f"where transmission changes one by {changes[3]:.0f}."
    ) in page
    trees = [results[f"{name}/distilled"] for name in worlds.WORLDS]
    first = [f"{tree['rounds'][0]:.1f}" for tree in trees]
    kept = [f"{tree['welfare']:.1f}" for tree in trees]
    assert (
        f"has a welfare of {first[0]} in the draws to choose with, where this one has {kept[0]}"
        in page
    )
    assert f"it has {first[1]}, where this one has {kept[1]}" in page


def test_the_page_says_what_further_draws_do(numbers, committed):
    rows = numbers["further"]
    shipped, all_five = rows[SHIPPED], rows[f"{CAPPED}, 5 times"]
    free = rows[f"{UNCAPPED}, 5 times"]["charged_over_threshold"]
    five, own = all_five["over_threshold"], shipped["over_threshold"]
    others = sorted(
        rows[f"{CAPPED}, seed {seed}"]["over_threshold"]["mean"] for seed in (0, 1, 3, 4)
    )
    least = min(rows[f"{CAPPED}, seed {seed}"]["all_three"] for seed in range(5))
    columns = read_columns(RESULTS / "cells" / "published" / "further" / FURTHER)
    real = columns["policy"] == REAL
    sets = [columns["deaths"][real & (columns["seed"] == one)].mean() for one in (101, 102, 103)]
    judged = committed[1]["published"].usual[REAL]["deaths"].mean()
    later = all_five["charged_over_threshold"], shipped["charged_over_threshold"]
    gain = shipped["charged_over_real"]
    fragments = [
        f"the real policy has {judged / 1e3:.0f} thousand deaths in the mean there, and "
        f"{min(sets) / 1e3:.0f} to {max(sets) / 1e3:.0f} thousand in each",
        f"keep the three things in {100 * least:.0f} % of these draws or more",
        f"is {five['mean']:.1f} {span(five)}: {own['mean']:.1f} for the training in the zoo "
        f"{span(own)}, {others[-1]:.1f} for another, and {others[2]:.1f} to {others[0]:.1f} for",
        f"they are {-later[0]['mean']:.1f} behind it {less(later[0])}, the training in the zoo "
        f"{-later[1]['mean']:.1f} {less(later[1])}, and that training is ahead in "
        f"{percent(shipped['charged_above_threshold'])} of the draws",
        f"Governors without a cap are {free['mean']:.1f} ahead {span(free)}",
        f"{gain['mean']:.1f} ahead {span(gain)}",
    ]
    assert least < 1 and others[2] < 0
    found = text_of("docs", "pandemic-study.md").replace("−", "-")
    assert not [one for one in fragments if one not in found]


@pytest.mark.parametrize("world", worlds.WORLDS)
def test_cards_say_what_the_results_say(world, committed):
    cells = RESULTS / "cells" / world
    compared = Comparison(cells / "compared", pooled=False)
    rows = packing.card_rows(compared, json.loads((cells / "after" / CELL_FILE).read_text("utf-8")))
    draws = compared.welfare(REAL).size
    entries = dict(packing._POLICIES)
    for learner, what in packing._LEARNED.items():
        entry = read_entry(f"pandemic/{world}-{packing._NAMES[learner]}", kind=POLICY)
        named = yaml.safe_load(entry.data)["name"]
        (cell,) = [
            one.name for one in cells.glob(f"{learner}-*") if named.startswith(titles(one.name))
        ]
        entries[cell] = what
    for cell, what in entries.items():
        kind = cell.rstrip("0123456789").rstrip("-")
        name = f"pandemic/{world}-{packing._NAMES.get(kind, kind)}"
        about, row = worlds.WORLDS[world], rows[titles(cell)]
        card = packing.policy_card(name, what, about, row, draws, config_of(cells / cell))
        assert read_entry(name, kind=POLICY).card == card


def test_the_simulation_card_says_what_a_tenth_of_transmission_does(committed):
    world = committed[1]["published"].numbers
    few = world["transmission 0.9"][REAL]["deaths"].shape[1]
    deaths = [
        np.median(world[change][REAL]["deaths"][0, :few]) / 1e3
        for change in ("transmission 0.9", "none", "transmission 1.1")
    ]
    assert few == 20 and deaths[0] < deaths[1] / 3 and 2.8 < deaths[2] / deaths[1] < 3
    said = "{:,.0f}, {:,.0f} and {:,.0f} thousand".format(*deaths)
    assert said in text_of("solon", "economies", "pandemic", "CARD.md")
