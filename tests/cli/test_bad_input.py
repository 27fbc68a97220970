"""Whatever is wrong with what was typed or with a file: one line that says so, and nothing else.

To add a case, add a line to `CASES`: what is typed, and what the line has to name (the argument
and the value it got). Files stand in the working directory as `FILES` has them.
"""

import os
import subprocess
import sys

import pytest

from .conftest import OWN_ECONOMY, Answer, assert_one_line, contents

FILES = {
    "own.py": OWN_ECONOMY.read_text(),
    "number.py": "def economy(**options):\n    return 3\n",
    "ragged.txt": "....\n...\n....\n",
    "symbols.txt": "....\n..?.\n....\n",
    "small.txt": ".\n",
    "empty.txt": "# nothing here\n",
    "truth.yaml": "rates: [0.1, true]\ncutoffs: [0, 5]\n",
    "far.yaml": "rates: [0.1, 0.2]\ncutoffs: [0, 1.0e+308]\n",
    "near.yaml": "rates: [0.1, 0.2]\ncutoffs: [0, 1.0e-300]\n",
    "lines.yaml": 'rates: [0.1]\nname: "a\\nb"\n',
    "binary.yaml": b"\xff\xfe\x00\x01",
    "binary.txt": b"\xff\xfe\x00\x01",
    "high.yaml": "rates: [0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 1.5]\n",
    "negative.yaml": "rates: [-0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1]\n",
    "three.yaml": "rates: [0.1, 0.2, 0.3]\n",
    "words.yaml": "rates: [low, high]\n",
    "falling.yaml": "rates: [0.1, 0.2, 0.3]\ncutoffs: [0, 50, 20]\n",
    "above.yaml": "rates: [0.1, 0.2]\ncutoffs: [5, 10]\n",
    "uneven.yaml": "rates: [0.1, 0.2]\ncutoffs: [0, 5, 10]\n",
    "missing_rate.yaml": "rates: [0.1, null, 0.3]\ncutoffs: [0, 5, 10]\n",
    "no_rates.yaml": "cutoffs: [0, 5, 10]\n",
    "keys.yaml": "rates: [0.1, 0.2]\nbrackets: [0, 5]\n",
    "list.yaml": "[0.1, 0.2]\n",
    "broken.yaml": "rates: [0.1\n",
    "broken.json": '{"rates": [0.1, ',
    "itself.yaml": "rates: &a [*a]\n",
    "date.yaml": "rates: [0.1]\nname: 2020-99-99\n",
    "deep.yaml": "rates: " + 3000 * "[",
    "twice.yaml": "rates: [0.1, 0.2]\nrates: [0.1, 0.3]\n",
    "twice.json": '{"rates": [0.1], "rates": [0.2]}',
    "wide.yaml": "rates: [0.1]".encode("utf-16"),
    "block.yaml": "cutoffs:\n- 0\n- 9.7\n- 5\nrates: [0.1, 0.2, 0.3]\n",
    "sixty.yaml": "rates: [0.1, 0.2]\ncutoffs: [0, 1:30]\n",
    "percent.YAML": "rates: [0.1, 30]\ncutoffs: [0, 50]\n",
    "laughs.yaml": "a: &a [1, 1]\nb: &b [*a, *a]\nrates: [*b, *b]\n",
    "mac.CSV": "state,date,stringency\rTexas,2020-03-23,06\rTexas,2020-03-24,1_0\r",
    "occupied/here.txt": "something of mine\n",
}

TAX = "periodic_bracket_tax"
LEARNED = ("train", "--planner", "learned", "--planner-ppo")
SEARCH = ("train", "--option", f"{TAX}.rate_max=0.3", "--planner", "search", "--planner-option")
OWN = ("train", "--economy", "own.py:Harvest")

# What is typed -> what the line names.
CASES = {
    # Commands and options.
    ("trian",): ("command", "trian", "train"),
    ("train", "--worker", "3"): ("--worker", "--workers"),
    ("train", "extra"): ("extra",),
    ("train", "--seed"): ("--seed",),
    ("train", "--workers", "four"): ("workers", "four"),
    ("train", "--workers", "2.5"): ("workers", "2.5", "an integer: how many workers there are"),
    ("compare", "a", "b", "--episodes", "1.5"): ("1.5", "an integer: how many episodes each (def"),
    ("train", "--seed", "x"): ("seed", "'x'"),
    ("train", "--seed", "-1"): ("seed", "-1"),
    (
        "train",
        "--seed=4294967296",
    ): ("seed", "4294967296"),
    ("train", "--steps", "0"): ("steps", "0", "1"),
    ("train", "--steps", "-5"): ("steps", "-5"),
    ("train", "--steps", "1e6"): ("steps", "1e6"),
    ("train", "--steps", "99999999999"): ("steps", "99999999999", "2147483647"),
    ("train", "--option", "workers"): ("option", "workers", "KEY=VALUE"),
    ("train", "--option", "=3"): ("option", "=3", "KEY=VALUE"),
    ("train", "--option", "horizon=[1"): ("option", "horizon=[1", "YAML"),
    ("train", "--option", "horizon=50", "--option", "horizon=60"): ("horizon", "60", "once"),
    ("train", "--workers", "4", "--option", "workers=5"): ("workers", "4", "once"),
    ("train", "--unroll", "50", "--ppo", "unroll=50"): ("unroll", "50", "once"),
    ("demo", "--minutes", "0"): ("minutes", "0"),
    ("demo", "--minutes", "soon"): ("minutes", "soon"),
    ("demo", "--minutes", "inf"): ("minutes", "inf"),
    ("demo", "--minutes", "nan"): ("minutes", "nan"),
    ("demo", "--minutes", "1e300"): ("minutes", "1e+300"),
    ("train", "--option", "horizon=2020-99-99"): ("horizon", "2020-99-99"),
    ("train", "--option", "horizon=!!int abc"): ("option", "abc"),
    ("train", "--option", "horizon=&a [*a]"): ("option", "[*a]"),
    ("train", "--option", "horizon=" + 3000 * "["): ("option", "YAML"),
    ("train", "--planner", "itself.yaml"): ("planner", "itself.yaml"),
    ("train", "--planner", "date.yaml"): ("planner", "2020-99-99"),
    ("train", "--planner", "deep.yaml"): ("planner", "deep.yaml"),
    ("train", "--planner", "twice.yaml"): (
        "planner",
        "twice.yaml",
        "line 2",
        "a key that comes twice",
    ),
    ("schedule", "check", "twice.json"): ("schedule", "twice.json", "a key that comes twice"),
    ("train", "--option", "periodic-bracket-tax={period: 5, period: 9}"): ("option", "YAML"),
    ("demo", "--seed", "-1"): ("seed", "-1"),
    ("demo", "--run", "occupied"): ("run", "occupied", "empty"),
    ("demo", "--run", "own.py/below"): ("run", "own.py/below"),
    ("list", "things"): ("things", "economies", "layouts"),
    ("doctor", "--fix"): ("--fix",),
    ("check",): ("NAME|FILE.py:NAME",),
    ("check", ""): ("economy", "''"),
    ("check", "gather-trade-bild"): ("economy", "gather-trade-bild", "did you mean"),
    ("check", "own.py:Hunt"): ("economy", "own.py:Hunt"),
    ("check", "number.py:economy"): ("economy", "number.py", "Environment"),
    ("check", "own.py:Harvest", "--episodes", "0"): ("episodes", "0", "1 to 10000"),
    ("check", "own.py:Harvest", "--seed", "-1"): ("seed", "-1"),
    ("check", "own.py:Harvest", "--option", "poeple=3"): ("poeple", "3", "people"),
    ("check", "own.py:Harvest", "--param", "grwoth=3"): ("param", "grwoth", "did you mean growth"),
    # Economies.
    ("train", "--economy", "gather-trade-bild"): ("economy", "gather-trade-bild", "did you mean"),
    ("train", "--economy", "own.py"): ("economy", "own.py", "FILE.py:NAME"),
    ("train", "--economy", "missing.py:Harvest"): ("economy", "missing.py", "existing"),
    ("train", "--economy", "own.py:Hunt"): ("economy", "own.py:Hunt"),
    ("train", "--economy", "number.py:economy"): ("economy", "number.py", "Environment"),
    (*OWN, "--option", "poeple=3"): ("poeple", "3", "people"),
    (*OWN, "--option", "people=10"): ("people", "10", "1 to 9"),
    # Gather-Trade-Build.
    ("train", "--workers", "0"): ("workers", "0"),
    ("train", "--workers", "-1"): ("workers", "-1"),
    ("train", "--workers", "1000000000"): ("workers", "1000000000", "free cells"),
    ("train", "--workers", "626"): ("workers", "626", "free cells"),
    ("train", "--option", "workers=2.5"): ("workers", "2.5"),
    ("train", "--option", "wrokers=4"): ("wrokers", "4", "workers"),
    ("train", "--layout", "open-qadrant"): ("layout", "open-qadrant", "open-quadrant"),
    ("train", "--layout", "missing.txt"): ("layout", "missing.txt", "existing"),
    ("train", "--layout", "ragged.txt"): ("layout", "ragged", "rectangular"),
    ("train", "--layout", "symbols.txt"): ("layout", "symbols", "?"),
    ("train", "--layout", "small.txt"): ("layout", "small"),
    ("train", "--layout", "empty.txt"): ("layout", "empty.txt"),
    ("train", "--layout", "binary.txt"): ("layout", "binary.txt", "text"),
    ("train", "--option", "layout=[1, 2]"): ("layout", "1, 2"),
    ("train", "--layout", "unifrom"): ("layout", "unifrom", "uniform"),
    ("train", "--option", "layout.kind=circle"): ("layout.kind", "circle", "multi-zone"),
    ("train", "--option", "layout.height=9"): ("layout.kind", "None"),
    ("train", "--layout", "uniform", "--option", "layout.height=9"): ("layout",),
    ("train", "--option", "layout={kind: uniform, hight: 9}"): ("layout.hight", "9", "height"),
    ("train", "--option", "layout={kind: quadrant, height: -4}"): ("layout.height", "-4"),
    ("train", "--option", "layout={kind: uniform, wood_coverage: 600}"): ("wood_coverage", "600"),
    ("train", "--option", "layout={kind: multi-zone, wood_zones: 99}"): ("wood_zones", "99"),
    ("train", "--option", "layout={kind: split, map: missing.txt}"): ("layout", "missing.txt"),
    ("train", "--option", "layout={kind: split, water_row: 40}"): ("layout.water_row", "40"),
    ("train", "--layout", "uniform", "--option", "placement=split"): ("placement", "split"),
    ("train", "--option", "top_ranks=[2]"): ("top_ranks", "2"),
    ("train", "--option", "source_capacity=0"): ("source_capacity", "0"),
    ("train", "--option", "regeneration_half_width=9"): ("regeneration_half_width", "9"),
    ("train", "--option", "flatten_masks=false"): ("flatten_masks", "False", "foundation"),
    ("train", "--option", "components=[wealth-redistribution, build]"): ("components", "last"),
    ("train", "--option", "horizon=0"): ("horizon", "0"),
    ("train", "--option", "horizon=ten"): ("horizon", "ten"),
    ("train", "--option", "placement=middle"): ("placement", "middle", "corners"),
    ("train", "--option", "starting_coin=-1"): ("starting_coin", "-1"),
    ("train", "--option", "components=[bild]"): ("components", "bild", "build"),
    ("train", "--option", "components=[]"): ("components", "[]"),
    ("train", "--option", "build.skills=[1, 2]"): ("skills", "(1, 2)"),
    ("train", "--option", "build.payment=-3"): ("payment", "-3"),
    ("train", "--option", "periodic-bracket-tax=3"): ("periodic-bracket-tax", "3"),
    ("train", "--option", "periodic-bracket-tax.perod=3"): ("perod", "3", "period"),
    ("train", "--option", "periodic-bracket-tax.period=0"): ("period", "0"),
    ("train", "--option", "periodic-bracket-tax.period=1001"): ("period", "1001", "1000"),
    ("train", "--option", "periodic-bracket-tax.rate_max=1.5"): ("rate_max", "1.5"),
    ("train", "--option", "periodic-bracket-tax.cutoffs=[0, 50, 20]"): ("cutoffs", "50, 20"),
    ("train", "--option", "periodic-bracket-tax.cutoffs=[10, 20]"): ("cutoffs", "10, 20", "0"),
    # Planners.
    ("train", "--planner", "us-fedral"): ("planner", "us-fedral", "us-federal"),
    ("train", "--planner", "missing.yaml"): ("planner", "missing.yaml"),
    ("train", "--planner", "high.yaml"): ("rates", "high.yaml", "1.5"),
    ("train", "--planner", "negative.yaml"): ("rates", "negative.yaml", "-0.1"),
    ("train", "--planner", "words.yaml"): ("rates", "words.yaml", "low"),
    ("train", "--planner", "three.yaml"): ("planner", "three", "7", "cutoffs"),
    ("train", "--planner", "falling.yaml"): ("cutoffs", "falling.yaml", "50, 20"),
    ("train", "--planner", "above.yaml"): ("cutoffs", "above.yaml", "5, 10"),
    ("train", "--planner", "uneven.yaml"): ("rates", "uneven.yaml", "3"),
    ("train", "--planner", "search", "--steps", "1000"): ("steps", "1000", "the shortest search"),
    (*SEARCH, "highest=0.9"): ("search.highest", "0.9", "at most 0.3"),
    ("train", "--planner", "keys.yaml"): ("planner", "keys.yaml", "brackets"),
    ("train", "--planner", "list.yaml"): ("planner", "list.yaml", "rates"),
    ("train", "--planner", "broken.yaml"): ("broken.yaml", "not valid YAML, line 2, column 1"),
    ("pandemic", "run", "broken.yaml"): ("policy", "broken.yaml", "not valid YAML, line 2"),
    ("pandemic", "run", "twice.yaml"): ("policy", "twice.yaml", "line 2", "comes twice, rates"),
    ("pandemic", "run", "binary.yaml"): ("policy", "binary.yaml", "not text"),
    ("train", "--planner", "broken.json"): ("planner", "broken.json", "line 1, column 17"),
    ("train", "--option", "horizon=!!bool maybe"): ("option", "maybe", "this is no bool"),
    ("train", "--planner", "camelback", "--option", f"{TAX}.rate_max=0.3"): ("0.61", "at most 0.3"),
    (*OWN, "--planner", "us-federal"): ("planner", "us-federal", "role"),
    (*OWN, "--planner-ppo", "stand_in=0.3"): ("planner.stand_in", "0.3", "no planner"),
    (*LEARNED, "stand_in=0.01"): ("planner.stand_in", "0.01", "0, or at least 0.084", "12 copies"),
    (*LEARNED, "stand_in=2"): ("planner.stand_in", "2", "0 to 0.9"),
    (*LEARNED, "epochs=0"): ("planner.epochs", "0", "at least 1"),
    (*LEARNED, "epoch=3"): ("planner.epoch", "3", "epochs"),
    (*LEARNED, "environments=13"): ("planner.environments", "13", "12"),
    ("train", "--planner", "us-federal-2012-single"): ("planner", "2012", "2013", "single"),
    ("schedule",): ("VERB",),
    ("schedule", "draw", "us-federal"): ("draw", "show"),
    ("schedule", "show"): ("schedule", "at least one"),
    ("schedule", "compare", "us-federal"): ("schedule", "two or more"),
    ("schedule", "show", "us-fedral"): ("schedule", "us-fedral", "us-federal"),
    ("schedule", "show", "saez"): ("schedule", "saez", "camelback"),
    ("schedule", "show", "us-federal-2026-widow"): ("schedule", "widow", "surviving-spouse"),
    ("schedule", "check", "negative.yaml"): ("rates", "negative.yaml", "-0.1"),
    ("schedule", "check", "high.yaml"): ("rates", "high.yaml", "1.5"),
    ("schedule", "check", "missing_rate.yaml"): ("rates", "missing_rate.yaml", "None"),
    ("schedule", "check", "no_rates.yaml"): ("schedule", "no_rates.yaml", "rates"),
    ("schedule", "check", "falling.yaml"): ("cutoffs", "falling.yaml", "50, 20"),
    ("schedule", "check", "uneven.yaml"): ("rates", "uneven.yaml", "3"),
    ("schedule", "check", "truth.yaml"): ("rates", "truth.yaml", "True", "numbers"),
    ("schedule", "check", "far.yaml"): ("cutoffs", "far.yaml", "1e+308"),
    ("schedule", "check", "near.yaml"): ("cutoffs", "near.yaml", "1e-300", "increase"),
    ("schedule", "check", "lines.yaml"): ("name", "lines.yaml", "one line"),
    ("compare", "us-federal", "camelback", "us-federal"): ("policies", "us-federal", "once"),
    ("compare", "us-federal", "learned"): ("policies", "learned", "train it"),
    ("compare", "us-federal", "pandemic/published-tree"): ("policies", "solon pandemic run"),
    ("zoo", "show", "pandemic/publshed-tree"): ("name", "did you mean pandemic/published-tree"),
    ("schedule", "check", "three.yaml"): ("schedule", "three", "cutoffs"),
    ("schedule", "check", "us-federal", "missing.yaml"): ("schedule", "missing.yaml"),
    ("schedule", "compare", "us-federal", "keys.yaml"): ("schedule", "keys.yaml", "brackets"),
    ("schedule", "show", "camelback", "--figure", "occupied"): ("figure", "occupied"),
    ("schedule", "show", "camelback", "--out", "own.py/x.yaml"): ("out", "own.py/x.yaml"),
    ("schedule", "check", "camelback", "--out", "x.yaml"): ("out", "x.yaml", "show"),
    ("reproduce",): ("STUDY",),
    ("reproduce", "tax-thoery"): ("study", "tax-thoery", "tax-theory"),
    ("reproduce", "tax-theory", "--pilot"): ("scale", "pilot", "quick"),
    ("reproduce", "tax-theory", "--quick", "--pilot"): ("pilot", "either"),
    ("reproduce", "tax-theory", "--cells", "zzz"): ("cells", "zzz", "pareto/truth"),
    ("reproduce", "tax-theory", "--out", "own.py"): ("out", "own.py"),
    # What is typed as nothing, and numbers that only Python takes.
    ("train", "--start="): ("start", "''"),
    ("train", "--planner="): ("planner", "''"),
    ("pandemic", "run", "level=5", "--start="): ("start", "''"),
    ("pandemic", "run", ""): ("policy", "''", "level=7"),
    ("zoo", "show", " "): ("name", "' '", "one of the zoo"),
    ("evaluate", ""): ("run", "''", "an existing run folder"),
    # What cannot be seen as it was typed.
    ("train", "--quiet", "\t"): ("unrecognized options", '"\\t"'),
    ("doctor", ""): ("unrecognized options", '""'),
    ("list", " "): ('" "', "economies"),
    ("evaluate", "run", "--", "--\x1b[1m"): ("unrecognized options", "--\\x1b[1m"),
    ("lab", "│"): ("unrecognized options", "│"),
    ("demo", "--run", ""): ("run", "''"),
    (*OWN, "--run", "."): ("run", "'.'", "ends in its name"),
    (*OWN, "--run", "/"): ("run", "'/'", "ends in its name"),
    ("train", "--seed", "1_0"): ("--seed", "1_0", "no whole number"),
    ("train", "--seed", "3", "--seed", "1_0"): ("--seed", "1_0", "no whole number"),
    ("train", "--seed", "3", "--seed", "x"): ("--seed", "'x'", "an integer"),
    ("train", "--seed", "٣"): ("--seed", "no whole number"),
    ("train", "--steps", "9" * 5000): ("--steps", "an integer"),
    ("demo", "--minutes", "1_0"): ("--minutes", "1_0", "no finite number"),
    ("demo", "--minutes", "1" * 400): ("--minutes", "400 digits"),
    ("pandemic", "run", "level=5", "--transmission", "1_0"): ("--transmission", "1_0"),
    (*OWN, "--ppo", "learning_rate=" + "1" * 400): ("ppo.learning_rate", "400 digits"),
    (*OWN, "--curriculum", "growth.T=1"): ("curriculum", "growth.T"),
    # Files of other kinds.
    ("schedule", "check", "pipe.yaml"): ("schedule", "pipe.yaml", "it is a pipe"),
    ("train", "--layout", "pipe.yaml"): ("layout", "pipe.yaml", "it is a pipe"),
    ("pandemic", "run", "pipe.yaml"): ("policy", "pipe.yaml", "it is a pipe"),
    ("pandemic", "run", "level=5", "--ensemble", "pipe.yaml"): ("--ensemble", "it is a pipe"),
    ("schedule", "check", "wide.yaml"): ("schedule", "wide.yaml", "not text in UTF-8, but in UTF"),
    ("schedule", "check", "block.yaml"): ("cutoffs in block.yaml, line 4", "number 3, 5, is not"),
    ("schedule", "check", "sixty.yaml"): ("cutoffs in sixty.yaml, line 2", "number 2, '1:30'"),
    ("schedule", "check", "percent.YAML"): ("rates in percent.YAML, line 1", "30 percent is 0.3"),
    ("schedule", "check", "laughs.yaml"): ("schedule", "laughs.yaml", "an alias"),
    ("schedule", "check", "x" * 300 + ".yaml"): ("schedule", "xxx", "existing"),
    ("schedule", "show", "camelback", "--out", "x" * 300): ("out", "xxx", "too long"),
    ("pandemic", "run", "x" * 300 + ".yaml"): ("policy", "xxx", "File name too long"),
    ("pandemic", "run", "level=5", "--report", "x" * 300): ("--report", "too long"),
    ("pandemic", "run", "level=5", "--report", "loop/x"): ("--report", "loop/x", "be written"),
    ("pandemic", "run", "level=5", "--report", "x/" * 3000): ("--report", "x/x", "too long"),
    ("pandemic", "run", "level=5", "--json", "dangling/x"): ("--json", "dangling/x", "be written"),
    ("schedule", "show", "camelback", "--out", "loop/a/x"): ("out", "loop/a/x", "be written"),
    ("bench", "gather-trade-build", "--json", "loop/x"): ("json", "loop/x", "be written"),
    ("reproduce", "tax-theory", "--out", "loop/x"): ("out", "loop/x"),
    ("calibrate", "pandemic", "--out", "dangling/x"): ("--out", "dangling/x"),
    (*OWN, "--run", "loop/x"): ("run", "loop/x"),
    ("demo", "--run", "dangling/x"): ("run", "dangling/x"),
    ("demo", "--run", "x" * 300): ("run", "xxx", "File name too long"),
    ("evaluate", "x" * 300): ("run", "xxx", "existing"),
    ("list", "runs", "--folder", "x" * 300): ("folder", "xxx", "existing"),
    ("pandemic", "run", "level=5", "--start", "20200322"): ("--start", "'20200322'", "a date from"),
    ("pandemic", "run", "level=5", "--start", "2020-W12-7"): ("--start", "2020-W12-7"),
    ("pandemic", "run", "mac.CSV", "--days", "2", "--states", "TX"): ("mac.CSV, line 3", "'1_0'"),
    # The learner.
    (*OWN, "--preset", "fast"): ("preset", "fast", "published"),
    (*OWN, "--environments", "0"): ("environments", "0"),
    (*OWN, "--environments", "-3"): ("environments", "-3"),
    (*OWN, "--environments", "7", "--unroll", "5"): ("environments", "7", "2"),
    (*OWN, "--environments", "1000000000000"): ("environments", "1000000000000"),
    (*OWN, "--unroll", "0"): ("unroll", "0"),
    (*OWN, "--unroll", "7"): ("unroll", "7", "10"),
    (*OWN, "--ppo", "minibatches=7"): ("minibatches", "7"),
    (*OWN, "--ppo", "lerning_rate=1"): ("lerning_rate", "1", "learning_rate"),
    (*OWN, "--ppo", "learning_rate=-1"): ("learning_rate", "-1"),
    (*OWN, "--ppo", "discount=1.5"): ("discount", "1.5"),
    (*OWN, "--ppo", "clip=abc"): ("clip", "abc"),
    (*OWN, "--ppo", "hidden=[0]"): ("hidden",),
    (*OWN, "--curriculum", "groth=1"): ("curriculum", "groth"),
    (*OWN, "--curriculum", "growth=[[5, 1], [3, 1]]"): ("curriculum.growth", "5, 1"),
    (*OWN, "--curriculum", "growth=[[0, .nan]]"): ("curriculum.growth", "nan"),
    (*OWN, "--curriculum", "growth=.inf"): ("curriculum.growth", "inf"),
    (*OWN, "--curriculum", "growth=fast"): ("curriculum.growth", "fast"),
    # Places.
    (*OWN, "--run", ""): ("run", "''"),
    (*OWN, "--run", "own.py"): ("run", "own.py", "empty"),
    (*OWN, "--run", "own.py/below"): ("run", "own.py/below", "own.py is not a folder"),
    (*OWN, "--run", "occupied"): ("run", "occupied", "empty"),
    (*OWN, "--run", "new/" + 300 * "x"): ("run", "xxx", "too long"),
    (*OWN, "--run", "/proc/solon/run"): ("run", "/proc/solon/run"),
    # Runs.
    ("train", "--resume", "nowhere"): ("run", "nowhere", "existing"),
    ("train", "--resume", "occupied"): ("run", "occupied", "run.json"),
    ("train", "--resume", "own.py"): ("run", "own.py"),
    ("train", "--resume", "nowhere", "--steps", "10"): ("steps", "10", "--resume"),
    ("evaluate",): ("RUN",),
    ("evaluate", "nowhere"): ("run", "nowhere", "existing"),
    ("evaluate", "nowhere", "--episodes", "0"): ("episodes", "0"),
    ("evaluate", "nowhere", "--episodes", "99999999999"): ("episodes", "99999999999"),
    ("evaluate", "nowhere", "--episodes", "many"): ("episodes", "many"),
    ("evaluate", "nowhere", "--seed", "-1"): ("seed", "-1"),
    ("report", "nowhere"): ("run", "nowhere", "existing"),
    ("report", "occupied"): ("run", "occupied", "run.json"),
    ("bench", "gather"): ("benchmark", "gather", "gather-trade-build"),
    ("bench", "gather-trade-build", "--case", "5 workers"): ("case", "5 workers", "4 workers"),
    ("bench", "gather-trade-build", "--seconds", "0"): ("seconds", "0"),
    ("bench", "gather-trade-build", "--json", "occupied"): ("json", "occupied"),
    ("parity", "--config", "deep.yaml"): ("config", "deep.yaml", "YAML"),
    ("parity", "--config", "twice.yaml"): ("config", "twice.yaml", "a key that comes twice"),
    ("parity", "--table", "twice.yaml"): ("table", "twice.yaml", "a key that comes twice"),
    ("list", "runs", "--folder", "own.py"): ("folder", "own.py"),
}


@pytest.fixture
def desk(workplace):
    """The working directory with the files that the cases name."""
    for name, content in FILES.items():
        file = workplace / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    os.mkfifo(workplace / "pipe.yaml")
    (workplace / "loop").symlink_to("loop")
    (workplace / "dangling").symlink_to("nowhere")
    return workplace


@pytest.mark.parametrize(("typed", "named"), CASES.items(), ids=" ".join)
def test_a_mistake_is_one_line_and_leaves_nothing(typed, named, ask, desk):
    before = contents(desk)
    assert assert_one_line(ask(typed, desk), named) == []
    assert contents(desk) == before


def test_there_are_at_least_forty_cases():
    assert len(CASES) >= 40


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_folder_without_permission_is_named(ask, desk):
    (desk / "occupied").chmod(0o500)
    assert_one_line(ask((*OWN, "--run", "occupied/run"), desk), ("run", "Permission denied"))


@pytest.mark.parametrize(
    "typed", [("train", "--workers", "four"), ("train", "--economy", "own.py:Hunt")]
)
def test_nothing_but_the_line_reaches_the_terminal(typed, desk):
    """The same in a process of its own, so that what jax itself might write is seen."""
    program = "import sys; from solon.cli import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", program, *typed], capture_output=True, text=True, timeout=120
    )
    assert_one_line(Answer(done.returncode, done.stdout, done.stderr), typed[-1:])
    assert done.stderr.count("\n") == 1
