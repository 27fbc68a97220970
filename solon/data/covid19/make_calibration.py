"""Make calibration.json from the fitted parameters in the package ai-economist.

pip download --no-deps ai-economist==1.7.1
python -m solon.data.covid19.make_calibration ai_economist-1.7.1-py3-none-any.whl
"""

import json
import pathlib
import sys

import numpy as np

from ...errors import ConfigurationError, require
from ...runs.atomic import write_file
from .make import source

__all__ = ["main", "make_calibration"]

_NAMES = {
    "CONV_LAMBDAS": "time_constants",
    "VALUE_OF_LIFE": "value_of_life",
}
_BY_STATE = {
    "BETA_INTERCEPTS": "transmission_intercept",
    "BETA_SLOPES": "transmission_slope",
    "UNEMPLOYMENT_BIAS": "unemployment_bias",
    "INFERRED_WEIGHTAGE_ON_AGENT_HEALTH_INDEX": "health_weight",
    "MIN_MARGINAL_AGENT_HEALTH_INDEX": "health_index_low",
    "MAX_MARGINAL_AGENT_HEALTH_INDEX": "health_index_high",
    "MIN_MARGINAL_AGENT_ECONOMIC_INDEX": "economic_index_low",
    "MAX_MARGINAL_AGENT_ECONOMIC_INDEX": "economic_index_high",
}
_NATION = {
    "INFERRED_WEIGHTAGE_ON_PLANNER_HEALTH_INDEX": "health_weight",
    "MIN_MARGINAL_PLANNER_HEALTH_INDEX": "health_index_low",
    "MAX_MARGINAL_PLANNER_HEALTH_INDEX": "health_index_high",
    "MIN_MARGINAL_PLANNER_ECONOMIC_INDEX": "economic_index_low",
    "MAX_MARGINAL_PLANNER_ECONOMIC_INDEX": "economic_index_high",
}


def make_calibration(package: pathlib.Path) -> bytes:
    """The content of calibration.json: fewest digits that give the same single-precision number.

    Args:
        package: the wheel of ai-economist 1.7.1, or the folder that it was unpacked to.

    Raises:
        ConfigurationError: if the parameters are not in there or not the published ones.
    """
    fitted = json.loads(source(package, "fitted_params.json"))
    constants = json.loads(source(package, "model_constants.json"))
    names = list(constants["US_STATE_IDX_TO_STATE_NAME"].values())
    weights = np.reshape(fitted["GROUPED_CONVOLUTIONAL_FILTER_WEIGHTS"], (len(names), -1))
    states = {
        name: {ours: _short(fitted[theirs][i]) for theirs, ours in _BY_STATE.items()}
        | {"unemployment_weights": _short(weights[i])}
        for i, name in enumerate(names)
    }
    content = {
        "origin": "ai-economist 1.7.1, fitted_params.json and model_constants.json (BSD-3-Clause)",
        "transmission_delay": fitted["BETA_DELAY"],
        "memory": fitted["FILTER_LEN"],
        "output_per_person": constants["GDP_PER_CAPITA"],
        **{ours: _short(fitted[theirs]) for theirs, ours in _NAMES.items()},
        "nation": {ours: _short(fitted[theirs]) for theirs, ours in _NATION.items()},
    }
    head = json.dumps(content, indent=1)[:-2]
    rows = ",\n".join(f"  {json.dumps(name)}: {json.dumps(row)}" for name, row in states.items())
    return f'{head},\n "states": {{\n{rows}\n }}\n}}\n'.encode()


def _short(values: object) -> object:
    rounded = np.asarray(values, np.float32)
    return json.loads(str(rounded)) if rounded.ndim == 0 else [_short(value) for value in rounded]


def main(arguments: list[str]) -> int:
    """Write the file beside this one."""
    try:
        require(len(arguments) == 1, "arguments", arguments, "the wheel or its folder")
        content = make_calibration(pathlib.Path(arguments[0]))
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return 2
    write_file(pathlib.Path(__file__).with_name("calibration.json"), content)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
