"""Who gains and who loses."""

import dataclasses

import numpy as np
import pytest

from solon.applications.taxation.figures import gains
from solon.errors import ConfigurationError
from solon.figures import describe
from tests.figures import synthetic


@pytest.fixture
def pair():
    base = synthetic.renamed(synthetic.pair()[0], "base")
    workers = dict(base.workers)
    shift = np.zeros_like(workers["coin"], dtype=float)
    shift[:, 0], shift[:, -1] = 5.0, -7.0
    workers["coin"] = workers["coin"] + shift
    return dataclasses.replace(base, regime="other", workers=workers), base


def test_marks_are_the_mean_differences(pair):
    other, base = pair
    figure = gains(other, base)
    n = base.worker_count
    marks = [trace.x[0] for trace in figure.data[:n]]
    assert marks[0] == pytest.approx(5) and marks[-1] == pytest.approx(-7)
    assert marks[1:-1] == pytest.approx([0] * (n - 2))
    # Constant differences have no width: gain and loss are sure, nothing in between is.
    symbols = [trace.marker.symbol for trace in figure.data[:n]]
    assert symbols[0] == symbols[-1] == "circle" and set(symbols[1:-1]) <= {"circle-open"}
    assert "+5.00" in describe(figure)


def test_others_can_not_be_paired(pair):
    other, base = pair
    fewer = {name: values[:-1] for name, values in base.workers.items()}
    short = dataclasses.replace(
        base,
        workers=fewer,
        episodes={name: v[:-1] for name, v in base.episodes.items()},
        periods={name: v[:-1] for name, v in base.periods.items()},
        market={name: v[:-1] for name, v in base.market.items()},
    )
    with pytest.raises(ConfigurationError, match="baseline"):
        gains(other, short)
