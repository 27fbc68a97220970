"""Options that do not fit: one line that names the option, the value and what is allowed.

They are tried in one process of its own, without the type checks that tests run under: what a user
hands in by mistake has to be caught by solon itself.
"""

import json

import pytest

import solon

# Option as it is written in Python -> the argument that the error names.
CASES = {
    "workers=1": "workers",
    "workers=-3": "workers",
    "workers=593": "workers",
    "workers=True": "workers",
    "workers='4'": "workers",
    "workers=4.0": "workers",
    "workers=nan": "workers",
    "workers=None": "workers",
    "layout=5": "layout",
    "layout=None": "layout",
    "layout=b'...'": "layout",
    "layout=[]": "layout",
    "layout=['...', 5, '...']": "layout",
    "layout=['...', '....', '...']": "layout",
    "layout=['...', '.@.', '...']": "layout",
    "layout=['~~~', '~.~', '~~~']": "layout",
    "layout={'rows': ['...']}": "layout.kind",
    "layout={'kind': 'circle'}": "layout.kind",
    "layout={'kind': ['uniform']}": "layout.kind",
    "layout={'kind': 'uniform', 'hight': 9}": "layout.hight",
    "layout={'kind': 'uniform', 'compatibility': 'foundation'}": "layout.compatibility",
    "layout={'kind': 'uniform', 'height': 2}": "layout.height",
    "layout={'kind': 'uniform', 'width': 9.0}": "layout.width",
    "layout={'kind': 'uniform', 'wood_coverage': 0}": "layout.wood_coverage",
    "layout={'kind': 'uniform', 'wood_coverage': 0.3, 'stone_coverage': 0.2}": (
        "layout.wood_coverage"
    ),
    "layout={'kind': 'uniform', 'stone_coverage': 400}": "layout.wood_coverage",
    "layout={'kind': 'uniform', 'height': 5, 'width': 5}": "layout.stone_coverage",
    "layout={'kind': 'uniform', 'checkered': True, 'wood_coverage': 0.4}": "layout.wood_coverage",
    "layout={'kind': 'uniform', 'checkered': 1}": "layout.checkered",
    "layout={'kind': 'uniform', 'stone_clumpiness': 1.1}": "layout.stone_clumpiness",
    "layout={'kind': 'uniform', 'gradient_steepness': 0.5}": "layout.gradient_steepness",
    "layout={'kind': 'quadrant', 'gradient_steepness': nan}": "layout.gradient_steepness",
    "layout={'kind': 'quadrant', 'height': 9, 'width': 21}, compatibility='foundation'": (
        "layout.width"
    ),
    "layout={'kind': 'multi-zone', 'gradient_steepness': 8}": "layout.gradient_steepness",
    "layout={'kind': 'multi-zone', 'zone_rows': 26}": "layout.zone_rows",
    "layout={'kind': 'multi-zone', 'mixed_zones': 60}": "layout.mixed_zones",
    "layout={'kind': 'multi-zone', 'wood_zones': 0, 'mixed_zones': 0}": "layout.wood_zones",
    "layout={'kind': 'split', 'rows': 3}": "layout.rows",
    "layout={'kind': 'split', 'map': 'uniform'}": "layout",
    "layout={'kind': 'split', 'map': {'kind': 'split'}}": "layout.map",
    "layout={'kind': 'split', 'water_row': 0}": "layout.water_row",
    "layout={'kind': 'split', 'water_row': 24}": "layout.water_row",
    "layout='unifrom'": "layout",
    "layout='uniform', placement='split'": "placement",
    "placement='split', top_ranks=[0, 1, 2, 3]": "top_ranks",
    "placement='split', top_ranks=[]": "top_ranks",
    "placement='split', top_ranks=[4]": "top_ranks",
    "placement='split', top_ranks=[1, 1]": "top_ranks",
    "placement='split', top_ranks='best'": "top_ranks",
    "top_ranks=[1]": "top_ranks",
    "layout=['...', '...', '...'], placement='split', workers=6, top_ranks=[0, 1]": "workers",
    "regeneration_half_width=4": "regeneration_half_width",
    "regeneration_half_width=[1]": "regeneration_half_width",
    "regeneration_half_width=[1, 0.5]": "regeneration_half_width",
    "source_capacity=0": "source_capacity",
    "source_capacity=[1, 101]": "source_capacity",
    "source_capacity='2'": "source_capacity",
    "workers_see_map=True": "workers_see_map",
    "workers_see_map=1, observation='foundation'": "workers_see_map",
    "flatten_observations=False": "flatten_observations",
    "flatten_masks=False": "flatten_masks",
    "scale_observations=False": "scale_observations",
    "components=['wealth-redistribution']": "components",
    "components=['build', 'wealth-redistribution', 'gather']": "components",
    "build={'payment': 0.5}, compatibility='foundation'": "build.payment",
    "horizon=0": "horizon",
    "horizon=10.0": "horizon",
    "horizon=True": "horizon",
    "horizon='10'": "horizon",
    "view=-1": "view",
    "view=51": "view",
    "view=2.5": "view",
    "view=True": "view",
    "starting_coin=-1": "starting_coin",
    "starting_coin=nan": "starting_coin",
    "starting_coin='10'": "starting_coin",
    "several_actions=1": "several_actions",
    "several_actions='yes'": "several_actions",
    "planner_sees_map=None": "planner_sees_map",
    "placement='center'": "placement",
    "placement=['corners']": "placement",
    "planner_objective='utilitarian'": "planner_objective",
    "observation=None": "observation",
    "compatibility=True": "compatibility",
    "compatibility='original'": "compatibility",
    "components='build'": "components",
    "components=[]": "components",
    "components=['bild']": "components",
    "components=['build', 'build']": "components",
    "components=[5]": "components",
    "components=[{'build': {}, 'gather': {}}]": "components",
    "components=['periodic-bracket-tax']": "components",
    "components=[{'build': {'pay': 5}}]": "build.pay",
    "components=['gather'], build={'payment': 5.0}": "build",
    "build=5": "build",
    "build={'payment': -1}": "build.payment",
    "build={'payment': nan}": "build.payment",
    "build={'payment': '10'}": "build.payment",
    "build={'skills': 'best'}": "build.skills",
    "build={'skills': 5}": "build.skills",
    "build={'skills': [1, 2, 3, -4]}": "build.skills",
    "build={'skills': [1, 2, 3, nan]}": "build.skills",
    "build={'skills': ['a', 'b', 'c', 'd']}": "build.skills",
    "build={'max_skill_multiplier': 0.5}": "build.max_skill_multiplier",
    "build={'labor': -1}": "build.labor",
    "build={'labour': 1}": "build.labour",
    "gather={'skills': 'ranked'}": "gather.skills",
    "gather={'move_labor': nan}": "gather.move_labor",
    "gather={'collect_labor': '1'}": "gather.collect_labor",
    "continuous_double_auction={'max_price': 0}": "continuous-double-auction.max_price",
    "continuous_double_auction={'max_price': 10.0}": "continuous-double-auction.max_price",
    "continuous_double_auction={'max_price': 101}": "continuous-double-auction.max_price",
    "continuous_double_auction={'order_duration': 0}": "continuous-double-auction.order_duration",
    "continuous_double_auction={'max_orders': True}": "continuous-double-auction.max_orders",
    "continuous_double_auction={'order_labor': -0.1}": "continuous-double-auction.order_labor",
    "periodic_bracket_tax={'period': 0}": "periodic-bracket-tax.period",
    "periodic_bracket_tax={'period': True}": "periodic-bracket-tax.period",
    "periodic_bracket_tax={'set_by': 'law'}": "periodic-bracket-tax.set_by",
    "periodic_bracket_tax={'rate_min': -0.1}": "periodic-bracket-tax.rate_min",
    "periodic_bracket_tax={'rate_min': 0.9, 'rate_max': 0.2}": "periodic-bracket-tax.rate_min",
    "periodic_bracket_tax={'rate_max': 1.1}": "periodic-bracket-tax.rate_max",
    "periodic_bracket_tax={'rate_max': '1'}": "periodic-bracket-tax.rate_max",
    "periodic_bracket_tax={'rate_step': 0}": "periodic-bracket-tax.rate_step",
    "periodic_bracket_tax={'spacing': 'even'}": "periodic-bracket-tax.spacing",
    "periodic_bracket_tax={'brackets': 1}": "periodic-bracket-tax.brackets",
    "periodic_bracket_tax={'top_cutoff': 0}": "periodic-bracket-tax.top_cutoff",
    "periodic_bracket_tax={'usd_scaling': nan}": "periodic-bracket-tax.usd_scaling",
    "periodic_bracket_tax={'cutoffs': 5}": "periodic-bracket-tax.cutoffs",
    "periodic_bracket_tax={'cutoffs': []}": "periodic-bracket-tax.cutoffs",
    "periodic_bracket_tax={'cutoffs': [5, 10]}": "periodic-bracket-tax.cutoffs",
    "periodic_bracket_tax={'cutoffs': [0, 10, 10]}": "periodic-bracket-tax.cutoffs",
    "periodic_bracket_tax={'cutoffs': [0, inf]}": "periodic-bracket-tax.cutoffs",
    "periodic_bracket_tax={'cutoffs': [0, 'a']}": "periodic-bracket-tax.cutoffs",
    "periodic_bracket_tax={'tax_model': 'saez'}": "periodic-bracket-tax.tax_model",
    "periodic_bracket_tax=[]": "periodic-bracket-tax",
    "wealth_redistribution={'share': 1}": "wealth-redistribution",
    "wealth_redistributions={}": "wealth_redistributions",
    "layout='x' * 300 + '.txt'": "layout",
    "starting_coin=True": "starting_coin",
    "starting_coin=inf": "starting_coin",
    "components=5": "components",
    "components={'build': {'payment': 5.0}}": "components",
    "components=[{5: {}}]": "components",
    "build={'payment': True}": "build.payment",
    "build={'payment': inf}": "build.payment",
    "build={'payment': 0}": "build.payment",
    "build={'skills': [1, 2, 3, inf]}": "build.skills",
    "build={'skills': [1, 2, 3, True]}": "build.skills",
    "build={'skills': [1, 2]}": "build.skills",
    "build={'max_skill_multiplier': inf}": "build.max_skill_multiplier",
    "build={'labor': True}": "build.labor",
    "gather={'move_labor': inf}": "gather.move_labor",
    "gather={'collect_labor': False}": "gather.collect_labor",
    "continuous_double_auction={'order_labor': inf}": "continuous-double-auction.order_labor",
    "periodic_bracket_tax={'period': 1001}": "periodic-bracket-tax.period",
    "periodic_bracket_tax={'rate_max': True}": "periodic-bracket-tax.rate_max",
    "periodic_bracket_tax={'rate_step': True}": "periodic-bracket-tax.rate_step",
    "periodic_bracket_tax={'rate_step': 1e-7, 'set_by': 'levels'}": (
        "periodic-bracket-tax.rate_step"
    ),
    "periodic_bracket_tax={'top_cutoff': inf}": "periodic-bracket-tax.top_cutoff",
    "periodic_bracket_tax={'top_cutoff': True}": "periodic-bracket-tax.top_cutoff",
    "periodic_bracket_tax={'usd_scaling': inf}": "periodic-bracket-tax.usd_scaling",
    "periodic_bracket_tax={'cutoffs': [0, True]}": "periodic-bracket-tax.cutoffs",
    "components=[{'build': 0}]": "build",
    "planner_sees_map=True": "planner_sees_map",
    "planner_several_actions=0": "planner_several_actions",
    "build={'labor': 5.0}, **{'periodic-bracket-tax': {}}, periodic_bracket_tax={}": (
        "periodic_bracket_tax"
    ),
    "workers=2200, placement='uniform', layout=['.' * 50] * 50, "
    "continuous_double_auction={'max_price': 100, 'order_duration': 10_000}": (
        "continuous-double-auction.order_duration"
    ),
}

TRY_ALL = """
import json, sys
from math import inf, nan
import solon

outcomes = {}
for options in json.loads(sys.argv[1]):
    try:
        eval(f"solon.make('gather-trade-build', {options})")
        outcomes[options] = ("nothing", "")
    except Exception as error:
        outcomes[options] = (type(error).__name__, str(error))
print(json.dumps(outcomes))
"""


@pytest.fixture(scope="module")
def outcomes(run_python):
    done = run_python(TRY_ALL, json.dumps([*CASES]))
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("options", "argument"),
    CASES.items(),
)
def test_an_option_that_does_not_fit(outcomes, options, argument):
    kind, message = outcomes[options]
    assert kind == "ConfigurationError", message
    assert message.startswith(f"{argument}: got ") and "; allowed: " in message
    assert "\n" not in message


def test_components_by_name_in_any_order_and_with_options():
    def make(**options):
        return solon.make("gather-trade-build", **options)

    default = make()
    names = [part.name for part in default.components]
    assert names == ["build", "continuous-double-auction", "gather", "periodic-bracket-tax"]
    assert make(components=tuple(names)) == default
    turned = make(components=("gather", {"build": {"labor": 5.0}}))
    assert [part.name for part in turned.components] == ["gather", "build"]
    assert turned.component("build").labor == 5.0
    assert turned.component("periodic-bracket-tax") is None
    # An option of a component wins over what its place in the list says.
    both = make(components=({"build": {"labor": 5.0, "payment": 8.0}},), build={"labor": 6.0})
    assert (both.component("build").labor, both.component("build").payment) == (6.0, 8.0)
    assert make(components=default.components) == default
    kebab = make(**{"periodic-bracket-tax": {"period": 50}})
    assert kebab == make(periodic_bracket_tax={"period": 50}) != default


def test_lists_as_files_give_them_do_as_well_as_tuples():
    rows, skills, cutoffs = ("...", ".S.", "W.."), (4.0, 8.0), (0.0, 10.0)
    listed, given = (
        solon.make(
            "gather-trade-build",
            workers=2,
            layout=kind(rows),
            placement="uniform",
            build={"skills": kind(skills)},
            periodic_bracket_tax={"cutoffs": kind(cutoffs)},
        )
        for kind in (list, tuple)
    )
    assert listed == given and hash(listed) == hash(given)
