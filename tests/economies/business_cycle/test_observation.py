"""What is seen in a business cycle, in both encodings."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import solon
from solon.checking import check_economy
from solon.economies.business_cycle.observation import digits, signed_log
from tests.economies.business_cycle.steps import params_of, state_of

SIZES = {"consumer": 144, "firm": 155, "government": 133}


def seen(env, role, *, mask=False):
    """How many numbers a member sees."""
    fields = env.roles[role].observation.items()
    return sum(int(np.prod(s.shape)) for name, s in fields if mask or name != "action_mask")


def test_digits_are_fractions_as_in_the_original(float64):
    known = [0.5678, 0.45678, 0.345678, 0.2345678, 0.12345678, 0.012345678]
    found = np.asarray(digits(jnp.asarray([12345.678]), wrap=True))[0]
    assert found.shape == (10,)
    np.testing.assert_allclose(found[:6], known, rtol=1e-9)
    # A debt of a dollar looks like nearly ten billion there; here it is the mirror of a dollar.
    wrapped, mirrored = (np.asarray(digits(jnp.asarray([-1.0]), wrap=w))[0] for w in (True, False))
    np.testing.assert_allclose(
        wrapped, np.mod(-1, 10.0 ** np.arange(1, 11)) / 10.0 ** np.arange(1, 11)
    )
    np.testing.assert_allclose(mirrored, -np.asarray(digits(jnp.asarray([1.0]), wrap=False))[0])


@pytest.mark.parametrize("wrap", [True, False])
def test_digits_are_right_in_single_precision(wrap):
    rng = np.random.default_rng(0)
    amounts = np.concatenate(
        [rng.uniform(-3e6, 3e6, 2000), rng.uniform(-100, 100, 500), np.arange(-50, 50), [1e7, -1e7]]
    ).astype(np.float32)
    found = np.asarray(digits(jnp.asarray(amounts), wrap=wrap))
    tens = 10.0 ** np.arange(1, 11)
    exact = amounts.astype(float)[:, None]
    wanted = np.mod(exact if wrap else np.abs(exact), tens) / tens
    wanted = wanted if wrap else np.where(exact < 0, -wanted, wanted)
    np.testing.assert_allclose(found, wanted, atol=2e-7)
    assert np.abs(found).max() <= 1


def test_the_clean_encoding(float64):
    env = solon.make("business-cycle", consumers=4, firms=2)
    state = state_of(
        env, params_of(env), step=3, own=[0, 100, 1e6, 5], rates=[0.2, 0.4],
        price=[2500, 500], wage=[11, 44], inventory=[0, 99], budget=[-1e6, 10],
    )  # fmt: skip
    shown = env.fields(dataclasses.replace(state, firms=dataclasses.replace(
        state.firms, short=jnp.asarray([True, False]))))  # fmt: skip
    consumer, firm = shown["consumer"], shown["firm"]
    close = np.testing.assert_allclose
    close(consumer["prices"], [1, 0.2])
    close(consumer["wages"], [0.25, 1])
    close(consumer["inventories"], [0, np.log(100) / 10])
    close(consumer["rates"], [0.2, 0.4])
    close(consumer["time"], [0.3])
    assert consumer["short"].tolist() == [True, False]
    close(consumer["budget"][:, 0], np.log1p([0, 100, 1e6, 5]) / 10)
    close(consumer["work_disutility"][:, 0], [1, 0.75**0.25, 0.5**0.25, 0.25**0.25])
    close(firm["budget"][:, 0], np.asarray([-np.log1p(1e6), np.log(11)]) / 10)
    close(firm["self"], np.eye(2))
    close(firm["labor_exponent"][:, 0], [0.2, 0.2])
    close(firm["capital"][:, 0], np.log1p([5000, 10_000]) / 10)
    assert set(shown["government"]) == {*env.roles["government"].shared}
    assert float(signed_log(jnp.zeros(()))) == 0
    full = solon.make("business-cycle")
    assert [seen(full, role) for role in full.roles] == [45, 56, 43]


def test_the_encoding_of_the_original(float64):
    env = solon.make("business-cycle", compatibility="foundation")
    assert {role: seen(env, role) for role in env.roles} == SIZES
    params = params_of(env)
    inventory = np.zeros(10)
    inventory[1] = 12345.678
    state = state_of(
        env, params, step=3, own=np.full(100, 12345.678), rates=[0.2, 0.4],
        price=np.arange(10) * 250, wage=np.arange(10) * 4.4, inventory=inventory,
        budget=np.full(10, -1.0),
    )  # fmt: skip
    shown = env.fields(state)
    world = np.asarray(shown["consumer"]["world"])
    one = np.asarray(digits(jnp.asarray([12345.678]), wrap=True))[0]
    close = np.testing.assert_allclose
    close(world[:10], np.arange(10) / 10)
    close(world[10:20], np.arange(10) / 10)
    close(world[20:40], np.concatenate([np.zeros(10), one]))
    close(world[120:], [0] * 10 + [0.2, 0.4, 0.3])
    own = np.asarray(shown["consumer"]["self"])
    close(own[1], [*one, 0.99**0.25])
    firm = np.asarray(shown["firm"]["self"])
    close(firm[7, :10], 1 - 10.0 ** -np.arange(1, 11))
    close(firm[7, 10:], [1, 0.4, *np.eye(10)[7]])
    assert shown["government"].keys() == {"world"}
    # The same encoding without its defect.
    mended = solon.make("business-cycle", observation="foundation")
    close(np.asarray(mended.fields(state)["firm"]["self"])[7, :10], -(10.0 ** -np.arange(1, 11)))


def test_rules_do_not_depend_on_what_is_seen():
    one, two = (solon.make("business-cycle", consumers=5, firms=2, compatibility=c)
                for c in (None, "foundation"))  # fmt: skip
    keys = jax.random.split(jax.random.key(0))
    state, shown = one.reset(keys[0], one.default_params())
    actions = one.random_actions(keys[1], shown)
    after, _ = jax.jit(one.transition)(state, actions, one.draw_shocks(jax.random.key(1)))
    other, _ = jax.jit(two.transition)(state, actions, two.draw_shocks(jax.random.key(1)))
    for a, b in zip(jax.tree.leaves(after), jax.tree.leaves(other), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"act_by": "numbers", "production": {"shocks": True}},
        {"compatibility": "foundation", "market": "closed"},
    ],
)
def test_it_keeps_to_its_contract(options):
    check_economy(solon.make("business-cycle", consumers=4, firms=2, horizon=3, **options))
