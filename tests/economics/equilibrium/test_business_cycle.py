"""The standard business cycle: digits, the method of undetermined coefficients, and autodiff."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from solon import ConfigurationError
from solon.economics.equilibrium import BrockMirman, RealBusinessCycle


@pytest.mark.parametrize(
    ("g", "consumption", "capital", "sds"),
    [
        (
            1.0,
            (0.618247, 0.305243),
            (0.965276, 0.075372),
            (3.065979, 2.408087, 6.080535, 3.108758),
        ),
        (
            2.0,
            (0.462887, 0.352161),
            (0.976540, 0.071970),
            (3.223102, 2.319650, 6.587358, 3.869254),
        ),
    ],
)
def test_fixed_hours(g, consumption, capital, sds):
    found = RealBusinessCycle(risk_aversion=g).solve()
    for name, level in {"k": 37.989254, "y": 3.704059, "c": 2.754327, "i": 0.949731}.items():
        assert found.steady[name] == pytest.approx(level, abs=6e-7)
    assert found.steady["r"] == pytest.approx(0.010101, abs=6e-7)
    assert found.coefficients("c") == pytest.approx(consumption, abs=6e-7)
    assert found.coefficients("next k") == pytest.approx(capital, abs=6e-7)
    moments = found.law.moments()
    measured = [100 * moments.of(name) for name in ("y", "c", "i", "k")]
    np.testing.assert_allclose(measured, sds, atol=6e-7)


ELASTIC = {
    1.0: {
        "chi": 7.746130,
        "c": (0.583706, 0.364437),
        "next k": (0.957516, 0.100242),
        "n": (-0.164489, 0.467326),
        "y": (0.254727, 1.299089),
        "sd": (3.580434, 2.700623, 0.794045, 7.574434, 3.070168),
        "filtered": (1.188685, 0.383526, 3.664051, 0.429374, 0.771796),
        "with y": (0.902204, 0.991391, 0.981272, 0.994241),
        "autocorrelation": 0.719689,
    },
    2.0: {
        "chi": 8.437047,
        "c": (0.383164, 0.328098),
        "next k": (0.963677, 0.089490),
        "n": (-0.298770, 0.252798),
        "y": (0.168787, 1.161790),
        "sd": (3.021694, 1.920927, 0.836142, 7.115170, 3.353522),
        "filtered": (1.060467, 0.317903, 3.270561, 0.247592, 0.838521),
        "with y": (0.951895, 0.996262, 0.919349, 0.993229),
        "autocorrelation": 0.716794,
    },
}


@pytest.mark.parametrize("g", ELASTIC)
def test_elastic_hours(g):
    known = ELASTIC[g]
    found = RealBusinessCycle(risk_aversion=g, hours=1 / 3, curvature=1.0).solve()
    for name, level in {
        "k": 12.663085, "y": 1.234686, "c": 0.918109, "i": 0.316577, "w": 2.370598,
    }.items():  # fmt: skip
        assert found.steady[name] == pytest.approx(level, abs=6e-7)
    assert found.disutility == pytest.approx(known["chi"], abs=6e-7)
    for name in ("c", "next k", "n", "y"):
        assert found.coefficients(name) == pytest.approx(known[name], abs=6e-7)
    moments = found.law.moments()
    measured = [100 * moments.of(name) for name in ("y", "c", "n", "i", "w")]
    np.testing.assert_allclose(measured, known["sd"], atol=6e-7)
    filtered = found.law.filtered_moments()
    # These published digits were rounded after a coarser integration: they are true to 2e-6.
    measured = [100 * filtered.of(name) for name in ("y", "c", "i", "n", "w")]
    np.testing.assert_allclose(measured, known["filtered"], rtol=2e-6)
    measured = [filtered.between(name, "y") for name in ("c", "i", "n", "w")]
    np.testing.assert_allclose(measured, known["with y"], atol=2e-6)
    place = filtered.names.index("y")
    assert filtered.autocorrelation[place] == pytest.approx(known["autocorrelation"], abs=2e-6)


@pytest.mark.parametrize("seed", range(5))
def test_fixed_hours_by_undetermined_coefficients(seed):
    """The quadratic equation for how consumption depends on capital, at other parameters."""
    generator = np.random.default_rng(seed)
    alpha, beta, delta = generator.uniform(0.2, 0.6), generator.uniform(0.9, 0.99), 0.02 + seed / 5
    g, rho = generator.uniform(0.3, 6), generator.uniform(0, 0.98)
    found = RealBusinessCycle(alpha, beta, delta, g, rho).solve()
    steady = found.steady
    l1, l2, l3 = 1 / beta, steady["y"] / steady["k"], steady["c"] / steady["k"]
    psi = 1 - beta * (1 - delta)
    roots = np.roots([g * l3, g * (1 - l1) + psi * (1 - alpha) * l3, -psi * (1 - alpha) * l1])
    on_k = roots.max()
    q = g * on_k + psi * (1 - alpha)
    on_z = (q * l2 - psi * rho) / (q * l3 + g * (1 - rho))
    assert found.coefficients("c") == pytest.approx((on_k, on_z))
    assert found.coefficients("next k") == pytest.approx((l1 - l3 * on_k, l2 - l3 * on_z))


@pytest.mark.parametrize(
    "economy",
    [
        RealBusinessCycle(hours=1 / 3, curvature=1.0),
        RealBusinessCycle(0.3, 0.95, 0.1, 3.0, 0.8, 0.01, 0.4, 0.0),
        RealBusinessCycle(0.5, 0.9, 0.9, 0.5, 0.0, 0.01, 2.0, 4.0),
    ],
)
def test_elastic_hours_solve_the_equations_that_autodiff_linearises(economy, float64):
    """The nonlinear conditions are written anew; the solution must zero their derivative."""
    found = economy.solve()
    alpha, beta, delta = economy.capital_share, economy.discount, economy.depreciation
    g, phi = economy.risk_aversion, economy.curvature

    def conditions(now, later):
        (k, z, c, n), (k1, z1, c1, n1) = jnp.exp(now), jnp.exp(later)
        y = z * k**alpha * n ** (1 - alpha)
        marginal = alpha * z1 * (n1 / k1) ** (1 - alpha) + 1 - delta
        return jnp.array(
            [
                y + (1 - delta) * k - c - k1,
                beta * (c1 / c) ** -g * marginal - 1,
                found.disutility * n**phi * c**g - (1 - alpha) * y / n,
            ]
        )

    steady = found.steady
    at = jnp.log(jnp.array([steady["k"], 1.0, steady["c"], steady["n"]]))
    np.testing.assert_allclose(conditions(at, at), 0, atol=1e-12)
    by_now, by_later = jax.jacobian(conditions, (0, 1))(at, at)
    rows = np.array([(1, 0), (0, 1), found.coefficients("c"), found.coefficients("n")])
    law = np.array([found.coefficients("next k"), (0, economy.persistence)])
    np.testing.assert_allclose(by_now @ rows + by_later @ rows @ law, 0, atol=1e-9)


def test_full_depreciation_and_log_utility_is_brock_and_mirman():
    found = RealBusinessCycle(0.36, 0.96, 1.0, 1.0, 0.9, 0.02).solve()
    known = BrockMirman(0.36, 0.96, 0.9, 0.02)
    assert found.steady["k"] == pytest.approx(known.steady_capital)
    assert found.coefficients("c") == pytest.approx((0.36, 1.0))
    assert found.coefficients("next k") == pytest.approx((0.36, 1.0))
    moments = found.law.moments()
    assert moments.of("k") == pytest.approx(known.sd_log_capital)
    response = found.law.response(6)[1:, found.law.names.index("k")]
    np.testing.assert_allclose(response, known.capital_response(5))


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"discount": 1.0}, "discount: got 1.0"),
        ({"depreciation": 0.0}, "depreciation: got 0.0"),
        ({"capital_share": 1.2}, "capital_share: got 1.2"),
        ({"risk_aversion": 0.0}, "risk_aversion: got 0.0"),
        ({"persistence": 1.0}, "persistence: got 1.0"),
        ({"hours": -1.0}, "hours: got -1.0"),
        ({"curvature": math.nan}, "curvature: got nan"),
    ],
)
def test_bad_parameters(options, named):
    with pytest.raises(ConfigurationError) as error:
        RealBusinessCycle(**options)
    assert str(error.value).startswith(named)


def test_a_series_that_does_not_exist():
    with pytest.raises(ConfigurationError, match="name: got 'x'; allowed: next k, k, z"):
        RealBusinessCycle().solve().coefficients("x")
