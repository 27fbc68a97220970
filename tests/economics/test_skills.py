"""Skill distributions and the published payments by rank."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from solon.economics import (
    capped_skill,
    expected_ranked_skills,
    lognormal_skill,
    pareto_skill,
    published_build_payments,
)
from solon.errors import ConfigurationError

PAYMENTS = {
    2: "12.8263343083 18.8350696921",
    3: "11.8144536750 14.8730132670 20.7946117379",
    4: "11.3316406236 13.2671123390 16.4723729470 22.2496143044",
    5: "11.0474273956 12.4497058951 14.4696886211 17.7898512775 23.3728269022",
    6: "10.8684945673 11.9654197629 13.4263534115 15.5423321448 18.8893842317 24.2541622319",
    7: "10.7387082442 11.6429376983 12.7835773710 14.2980602688 16.4798736929 19.8629605246 "
    "24.9941235944",
    8: "10.6446943100 11.4095705504 12.3422810872 13.5192562879 15.0803239860 17.3143427070 "
    "20.7230817174 25.6028661257",
    9: "10.5704345284 11.2316333292 12.0194816998 12.9826959079 14.1880354586 15.7967890529 "
    "18.0737864056 21.4774965708 26.1243606721",
    10: "10.5120657657 11.0983258136 11.7795471057 12.5863315572 13.5677948084 14.8045433272 "
    "16.4420509960 18.7679340707 22.1584147461 26.5724874146",
}


@pytest.mark.parametrize("workers", PAYMENTS)
def test_published_payments(workers):
    expected = [float(payment) for payment in PAYMENTS[workers].split()]
    np.testing.assert_allclose(published_build_payments(workers), expected, rtol=1e-11)


def test_published_payments_of_four_to_the_last_digit():
    np.testing.assert_allclose(
        published_build_payments(4),
        [11.331640623590097, 13.267112338979295, 16.472372947006132, 22.249614304395735],
        rtol=1e-15,
    )


def test_ranked_skills_converge_to_order_statistics():
    """Of two Lomax(4) skills the lower is Lomax(8), and the mean of both is that of Lomax(4)."""
    # Earnings are capped where skill is 1, which leaves of the means 1/7 (1 - 2^-7) for Lomax(8)
    # and 1/3 (1 - 2^-3) for Lomax(4).
    low, high = expected_ranked_skills(2, multiplier=2.0, samples=200_000, seed=3)
    assert low - 1 == pytest.approx((1 - 2**-7) / 7, rel=0.01)
    assert low + high - 2 == pytest.approx(2 * (1 - 2**-3) / 3, rel=0.01)


def test_ranked_skills_of_the_one_step_economy():
    skills = expected_ranked_skills(4, samples=1000, seed=7)
    assert list(skills) == sorted(skills)
    np.testing.assert_allclose(skills, np.array(published_build_payments(4)) / 10, rtol=0.03)
    assert skills != expected_ranked_skills(4, samples=1000, seed=8)


def test_ranked_skills_leave_the_global_generator_alone():
    np.random.seed(5)  # noqa: NPY002
    first = np.random.uniform()  # noqa: NPY002
    np.random.seed(5)  # noqa: NPY002
    expected_ranked_skills(3, samples=10, seed=11)
    assert np.random.uniform() == first  # noqa: NPY002


@pytest.mark.parametrize(
    ("argument", "options"),
    [
        ("workers", {"workers": 0}),
        ("multiplier", {"workers": 4, "multiplier": 0.5}),
        ("samples", {"workers": 4, "samples": 0}),
    ],
)
def test_bad_input(argument, options):
    with pytest.raises(ConfigurationError, match=f"^{argument}: got "):
        expected_ranked_skills(**options)


def test_pareto_skill_inverts_the_distribution(float64):
    uniform = jnp.array([0.0, 0.1, 0.5, 0.999])
    skill = pareto_skill(uniform, shape=4.0)
    np.testing.assert_allclose(1 - (1 + skill) ** -4, uniform, atol=1e-14)
    middle = (jnp.arange(100_000) + 0.5) / 100_000
    assert float(jnp.mean(pareto_skill(middle))) == pytest.approx(1 / 3, rel=1e-3)


def test_lognormal_skill(float64):
    normal = jnp.array([-2.0, 0.0, 1.0])
    np.testing.assert_allclose(jnp.log(lognormal_skill(normal)), [-2, -1, -0.5])
    found = lognormal_skill(normal, mean=0.5, sigma=2.0)
    np.testing.assert_allclose(found, np.exp([-3.5, 0.5, 2.5]))


def test_capped_skill():
    skill = jnp.array([0.0, 0.5, 1.0, 7.0])
    np.testing.assert_allclose(capped_skill(skill, multiplier=3.0), [1, 2, 3, 3])
    np.testing.assert_allclose(capped_skill(skill, multiplier=1), [1, 1, 1, 1])


def test_samplers_compile_batch_and_differentiate():
    uniform = jnp.array([[0.0, 0.3], [0.6, 0.99]])
    for function in (pareto_skill, lognormal_skill, lambda x: capped_skill(x, multiplier=3.0)):
        looped = jnp.stack([function(row) for row in uniform])
        np.testing.assert_allclose(jax.jit(jax.vmap(function))(uniform), looped, rtol=1e-6)
        assert np.isfinite(jax.grad(lambda x, f=function: jnp.sum(f(x)))(uniform)).all()
