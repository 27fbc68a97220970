import jax
import jax.numpy as jnp
import numpy as np
import pytest

from solon import ConfigurationError
from solon.applications.taxation.policies import FixedSchedule


def test_a_fixed_schedule_hands_over_its_rates_whatever_it_sees():
    planner = FixedSchedule([0.1, 0.2, 0.7])
    memory = planner.init(jax.random.key(0))
    for income in (0.0, 100.0):
        rates, memory = planner.act(memory, {"income": jnp.full(1, income)}, jax.random.key(1))
        np.testing.assert_allclose(rates, [[0.1, 0.2, 0.7]])


def test_named_schedules():
    free = FixedSchedule.free_market(7)
    assert free.rates.tolist() == [0.0] * 7
    federal = FixedSchedule.us_federal()
    np.testing.assert_allclose(federal.rates, [0.10, 0.12, 0.22, 0.24, 0.32, 0.35, 0.37])


def test_schedules_are_traced_and_compile_once():
    traces = []

    @jax.jit
    def collect(planner):
        traces.append(1)
        return planner.act((), {}, jax.random.key(0))[0].sum()

    collected = [
        float(collect(p)) for p in (FixedSchedule.free_market(7), FixedSchedule.us_federal())
    ]
    np.testing.assert_allclose(collected, [0.0, 1.72], rtol=1e-6)
    assert len(traces) == 1


@pytest.mark.parametrize("rates", [[0.1, 1.2], [-0.1], [float("nan")], []])
def test_rates_outside_0_to_1_are_refused(rates):
    with pytest.raises(ConfigurationError, match="rates"):
        FixedSchedule(rates)
