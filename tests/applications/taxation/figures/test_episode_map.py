import base64
import dataclasses
import json

import numpy as np
import pytest

from solon.applications.taxation.figures.episode_map import pack, pair_trades, tax_days
from tests.figures import synthetic


def unpack(text, kind):
    return np.frombuffer(base64.b64decode(text), kind)


def unfold(packed, kind, steps):
    start = unpack(packed["start"], kind)
    rows = np.tile(start, (steps + 1, 1))
    for step, place, value in zip(
        unpack(packed["step"], "<i4"),
        unpack(packed["place"], "<i4"),
        unpack(packed["value"], kind),
        strict=True,
    ):
        rows[step:, place] = value
    return rows


def shuffled(evaluation):
    """The same episode with the workers of the trajectory in another order."""
    order = np.array([2, 0, 3, 1])
    number = np.append(np.argsort(order), -1)
    by_worker = (
        *("location", "coin", "goods", "labor", "utility"),
        *("bought", "sold", "bought_coin", "sold_coin"),
    )
    moved = {name: evaluation.trajectory[name][:, order] for name in by_worker}
    house = number[evaluation.trajectory["house"]].astype(np.int8)
    payment = evaluation.trajectory["payment"][order]
    trajectory = {**evaluation.trajectory, **moved, "house": house, "payment": payment}
    return dataclasses.replace(evaluation, trajectory=trajectory)


@pytest.mark.parametrize("change", [lambda e: e, shuffled], ids=["sorted", "shuffled"])
def test_the_player_gets_the_whole_episode_with_workers_in_order_of_payment(change):
    original = synthetic.pair()[1]
    packed = json.loads(json.dumps(pack([change(original)])))["episodes"][0]
    trajectory, steps = original.trajectory, original.step_count
    assert packed["payment"] == sorted(packed["payment"])
    for name, kind in (("coin", "<f4"), ("labor", "<f4"), ("goods", "<i2"), ("house", "<i2")):
        expected = trajectory[name].reshape(steps + 1, -1)
        np.testing.assert_array_equal(unfold(packed[name], kind, steps), expected.astype(kind))
    np.testing.assert_array_equal(
        unfold(packed["resource"], "i1", steps), trajectory["resource"].reshape(steps + 1, -1)
    )
    np.testing.assert_array_equal(unpack(packed["location"], "<i2"), trajectory["location"].ravel())
    np.testing.assert_array_equal(unpack(packed["water"], "u1"), trajectory["water"].ravel())
    for p, (step, paid, back) in enumerate(packed["ledger"]):
        assert step == (p + 1) * original.period_length
        np.testing.assert_allclose(paid, original.periods["tax_paid"][0, p], atol=1e-4)
        np.testing.assert_allclose(back, original.periods["transfer"][0, p], atol=1e-4)
    assert packed["taxed"]
    assert packed["size"] == [25, 25]


def test_every_unit_traded_has_a_buyer_and_a_seller():
    evaluation = synthetic.pair()[0]
    trades = pack([evaluation])["episodes"][0]["trades"]
    for k, good in enumerate(("stone", "wood")):
        units, coin = (evaluation.market[f"{good}_{what}"][0] for what in ("units", "coin"))
        mine = [t for t in trades if t[1] == k]
        assert len(mine) == units.sum() > 5
        assert sum(price for *_, price in mine) == pytest.approx(coin.sum())
        for step, _, _, _, price in mine:
            assert price == pytest.approx(coin[step - 1] / units[step - 1])
    assert all(buyer != seller for _, _, buyer, seller, _ in trades)


def test_several_trades_in_a_step_are_paired_by_price():
    # Stone: 0 buys one at 2 and one at 6 from 1 and 2; wood: 1 buys and sells in the same step.
    bought = np.array([[[2, 0], [0, 1], [0, 1]]])
    sold = np.array([[[0, 1], [1, 1], [1, 0]]])
    bought_coin = np.array([[[8.0, 0], [0, 5], [0, 5]]])
    sold_coin = np.array([[[0.0, 5], [2, 5], [6, 0]]])
    trades = pair_trades(bought, sold, bought_coin, sold_coin)
    assert len(trades) == 4
    assert sorted((b, s) for _, k, b, s, _ in trades if k == 0) == [(0, 1), (0, 2)]
    assert sorted((b, s) for _, k, b, s, _ in trades if k == 1) == [(1, 0), (2, 1)]


def test_tax_days_are_those_of_the_first_episode():
    evaluation = synthetic.pair()[1]
    days = tax_days(evaluation)
    assert [day for day, _, _ in days] == list(range(100, 1001, 100))
    np.testing.assert_allclose(
        [paid for _, paid, _ in days], evaluation.periods["tax_paid"][0].sum(1), atol=1e-4
    )
    # Coin of a worker moves by what tax and transfer did, where nothing else happened to it.
    for _, paid, lump in days:
        assert lump * 4 == pytest.approx(paid, abs=1e-3)
    odd = synthetic.evaluation("odd", synthetic.FEDERAL, episodes=1, steps=250)
    assert [day for day, _, _ in tax_days(dataclasses.replace(odd, period_length=100))] == [
        100,
        200,
    ]
