"""Options that do not fit: one line that names the option, the value and what is allowed.

They are tried in one process of its own, without the type checks that tests run under.
"""

import json

import pytest

import solon
from solon.economies.mechanisms import PeriodicBracketTax

# Option as it is written in Python -> the argument that the error names.
CASES = {
    "workers=1": "workers",
    "workers=4.0": "workers",
    "workers=True": "workers",
    "workers=200_000": "workers",
    "wrokers=4": "wrokers",
    "horizon=0": "horizon",
    "horizon=1": "simple-labor.mask_first_step",
    "flatten_observations=False": "flatten_observations",
    "flatten_masks='no'": "flatten_masks",
    "scale_observations=False": "scale_observations",
    "worker_utility='log'": "worker_utility",
    "worker_utility=['coin-minus-labor-cost']": "worker_utility",
    "planner_objective='inverse-income-weighted-coin'": "planner_objective",
    "observation='flat'": "observation",
    "compatibility='1.7.1'": "compatibility",
    "compatibility=True": "compatibility",
    "several_actions=1": "several_actions",
    "planner_several_actions=None": "planner_several_actions",
    "components=[]": "components",
    "components=5": "components",
    "components='simple-labor'": "components",
    "components=['gather']": "components",
    "components=[5]": "components",
    "components=[{5: {}}]": "components",
    "components=['simple-labor', 'simple-labor']": "components",
    "components=['periodic-bracket-tax']": "components",
    "components=[{'simple-labor': {}, 'periodic-bracket-tax': {}}]": "components",
    "components=[{'simple-labor': 3}]": "simple-labor",
    "components=['simple-labor'], periodic_bracket_tax={'period': 1}": "periodic-bracket-tax",
    "simple_labor=5": "simple-labor",
    "simple_labor={'skills': [1.0, 2.0]}": "simple-labor.skills",
    "simple_labor={'skills': 'pareto'}": "simple-labor.skills",
    "simple_labor={'skills': 5}": "simple-labor.skills",
    "simple_labor={'skills': [1, 2, 3, -1]}": "simple-labor.skills",
    "simple_labor={'skills': [1, 2, 3, nan]}": "simple-labor.skills",
    "simple_labor={'skills': [1, 2, 3, True]}": "simple-labor.skills",
    "simple_labor={'skills': ['a', 'b', 'c', 'd']}": "simple-labor.skills",
    "simple_labor={'hours': 0}": "simple-labor.hours",
    "simple_labor={'hours': 10.0}": "simple-labor.hours",
    "simple_labor={'max_skill_multiplier': 0.5}": "simple-labor.max_skill_multiplier",
    "simple_labor={'max_skill_multiplier': inf}": "simple-labor.max_skill_multiplier",
    "simple_labor={'mask_first_step': None}": "simple-labor.mask_first_step",
    "simple_labor={'pareto_param': 4.0}": "simple-labor.pareto_param",
    "simple_labor={}, **{'simple-labor': {}}": "simple-labor",
    "periodic_bracket_tax={'period': 3}": "periodic-bracket-tax.period",
    "periodic_bracket_tax={'rate_max': 1.1}": "periodic-bracket-tax.rate_max",
}

TRY_ALL = """
import json, sys
from math import inf, nan
import solon

outcomes = {}
for options in json.loads(sys.argv[1]):
    try:
        eval(f"solon.make('one-step-economy', {options})")
        outcomes[options] = ("nothing", "")
    except Exception as error:
        outcomes[options] = (type(error).__name__, str(error))
print(json.dumps(outcomes))
"""


@pytest.fixture(scope="module")
def outcomes(run_python):
    return json.loads(run_python(TRY_ALL, json.dumps([*CASES])).stdout)


@pytest.mark.parametrize(("options", "argument"), CASES.items())
def test_an_option_that_does_not_fit(outcomes, options, argument):
    kind, message = outcomes[options]
    assert kind == "ConfigurationError", message
    assert message.startswith(f"{argument}: got ") and "; allowed: " in message
    assert "\n" not in message


def test_components_by_name_in_any_order_and_with_options():
    def make(**options):
        return solon.make("one-step-economy", **options)

    names = ["simple-labor", "periodic-bracket-tax"]
    assert [part.name for part in make().components] == names
    assert make(components=names) == make(components=None) == make()
    turned = make(components=["periodic-bracket-tax", {"simple-labor": {"hours": 10}}])
    assert [part.name for part in turned.components] == names[::-1]
    assert turned.component("simple-labor").hours == 10
    # An option of a component wins over what its place in the list says.
    both = make(components=[{"simple-labor": {"hours": 10}}], simple_labor={"hours": 11})
    assert both.component("simple-labor").hours == 11
    assert both.component("periodic-bracket-tax") is None
    tax = PeriodicBracketTax(period=2, cutoffs=(0, 50))
    assert make(components=["simple-labor", tax]) == make(periodic_bracket_tax={"cutoffs": [0, 50]})
