"""Saving against risk beside HARK, which solves for consumption as a function of cash."""

import numpy as np
import pytest
from HARK.ConsumptionSaving.ConsIndShockModel import IndShockConsumerType

from solon.economics.equilibrium import MarkovChain, asset_grid, saving_plan

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.mark.parametrize(("mu", "beta", "interest"), [(1.5, 0.95, 0.03), (3.0, 0.92, 0.0)])
def test_consumption_out_of_cash(mu, beta, interest):
    agent = IndShockConsumerType(
        cycles=0,
        CRRA=mu,
        Rfree=[1 + interest],
        DiscFac=beta,
        LivPrb=[1.0],
        PermGroFac=[1.0],
        PermShkStd=[0.0],
        PermShkCount=1,
        TranShkStd=[0.3],
        TranShkCount=5,
        UnempPrb=0.0,
        BoroCnstArt=0.0,
        T_cycle=1,
        vFuncBool=False,
        CubicBool=False,
        aXtraMin=1e-6,
        aXtraMax=60.0,
        aXtraCount=1000,
        aXtraNestFac=3,
        tolerance=1e-10,
    )
    agent.solve()
    shocks = agent.IncShkDstn[0]
    earnings, chances = shocks.atoms[1], shocks.pmv
    chain = MarkovChain.of(earnings, np.tile(chances, (len(chances), 1)))
    plan = saving_plan(
        interest, earnings, chain, asset_grid(2000, 60.0), discount=beta, risk_aversion=mu
    )
    cash = (1 + interest) * plan.assets + earnings[:, None]
    below = plan.assets < 20
    np.testing.assert_allclose(
        plan.consumption[:, below], agent.solution[0].cFunc(cash[:, below]), rtol=1e-4
    )
