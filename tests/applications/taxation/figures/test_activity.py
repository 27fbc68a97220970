import numpy as np
import pytest

from solon.applications.taxation.figures import activity, coin_sources
from solon.applications.taxation.figures.activity import by_skill
from solon.figures import describe
from solon.figures.theme import Style
from tests.figures import synthetic


def test_many_workers_are_put_into_tenths():
    values = np.arange(200.0).reshape(2, 100)
    np.testing.assert_allclose(by_skill(values)[0], np.arange(10) * 10 + 4.5)
    np.testing.assert_allclose(by_skill(values[:, :12]), values[:, :12])


@pytest.mark.parametrize("narrow", [False, True])
def test_bars_are_means_and_what_is_bought_points_down(narrow):
    pair = synthetic.pair()
    figure = activity(pair, Style(narrow=narrow))
    expected = [
        *(("x", "houses", 1), ("x2", "gathered_stone", 1), ("x3", "gathered_wood", 1)),
        *(("x4", "sold_stone", 1), ("x4", "bought_stone", -1)),
        *(("x5", "sold_wood", 1), ("x5", "bought_wood", -1)),
    ]
    for axis, name, sign in expected:
        shown = [
            t for t in figure.data if t.xaxis == axis and name.replace("_", " ") in t.hovertemplate
        ]
        assert len(shown) == 2
        for trace, evaluation in zip(shown, pair, strict=True):
            mean = evaluation.workers[name].mean(0)
            np.testing.assert_allclose(trace.y, sign * mean)
            ends = sorted(
                (trace.y + trace.error_y.array, trace.y - trace.error_y.arrayminus), key=np.sum
            )
            low, high = np.percentile(sign * evaluation.workers[name], [10, 90], axis=0)
            np.testing.assert_allclose(ends, [low, high], atol=1e-9)
    assert f"{pair[0].workers['houses'].mean(0)[3]:.1f}" in describe(figure)


def test_flows_of_coin_add_up_to_what_workers_own_in_the_end():
    pair = synthetic.pair()
    figure = coin_sources(pair)
    for evaluation, axis in zip(pair, ("x", "x2"), strict=True):
        traces = [t for t in figure.data if t.xaxis == axis]
        net = next(t for t in traces if t.name == "net")
        np.testing.assert_allclose(net.y, evaluation.workers["coin"].mean(0))
        flows = {t.name: np.array(t.y) for t in traces if t.type == "bar"}
        np.testing.assert_allclose(sum(flows.values()), net.y)
        assert (flows["taxes"] <= 0).all()
        assert (flows["purchases"] <= 0).all()
    assert figure.layout.barmode == "relative"
