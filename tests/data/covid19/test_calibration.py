"""The published calibration is whole and in the order of the data."""

import numpy as np

from solon.data.covid19 import load, load_calibration


def test_calibration():
    found = load_calibration()
    assert found.states == load().states
    assert found.transmission_delay == 29 and found.memory == 600
    assert found.unemployment_weights.shape == (51, 5)
    # As published, to the digits printed in the specification of the data.
    connecticut = found.states.index("Connecticut")
    np.testing.assert_allclose(found.by_state["transmission_slope"][connecticut], -0.02216, 1e-3)
    np.testing.assert_allclose(found.by_state["transmission_intercept"][connecticut], 0.2173, 1e-3)
    np.testing.assert_allclose(found.by_state["health_weight"].mean(), 0.764, atol=5e-4)
    assert (found.by_state["transmission_slope"] <= 0).all()
    assert np.float32(found.nation["health_weight"]) == np.float32(0.757)
    for kind in ("health", "economic"):
        low, high = found.by_state[f"{kind}_index_low"], found.by_state[f"{kind}_index_high"]
        assert (low < high).all()
