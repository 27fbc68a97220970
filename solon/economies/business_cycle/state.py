"""What the economy holds: budgets, firms, tax rates, what an episode brought so far, parameters."""

from typing import Any

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

__all__ = ["Firms", "Flows", "Params", "State", "Totals", "World"]


class Params(eqx.Module):
    """The numbers that a study may vary.

    Attributes:
        risk_aversion: eta of the utility of each good, crra(units + 1, eta).
        work_disutility: utils that two hours of work cost a consumer to whom it costs 1 relatively.
        relative_disutility: of each consumer.
        consumer_budget: dollars that each consumer has at a start.
        firm_budget: likewise of each firm; it may be in debt.
        price: dollars a unit that all goods cost in the first step.
        wage: dollars an hour that all firms pay in the first step.
        interest: on what is positive of any budget, a step.
        gift: dollars that each consumer gets in each step, so that nobody is at exactly 0.
        firm_weight: utils that a dollar of profit is worth to the government.
        revenue_bonus: of the reward of a firm that is not in debt, for a dollar of revenue.
        consumer_debt_penalty: utils lost for each dollar of debt in the end.
        firm_debt_penalty: dollars of reward lost for it.
        parts: the numbers of the components, by name.
    """

    risk_aversion: Float[Array, ""]
    work_disutility: Float[Array, ""]
    relative_disutility: Float[Array, " consumers"]
    consumer_budget: Float[Array, ""]
    firm_budget: Float[Array, ""]
    price: Float[Array, ""]
    wage: Float[Array, ""]
    interest: Float[Array, ""]
    gift: Float[Array, ""]
    firm_weight: Float[Array, ""]
    revenue_bonus: Float[Array, ""]
    consumer_debt_penalty: Float[Array, ""]
    firm_debt_penalty: Float[Array, ""]
    parts: dict[str, Any]


class World(eqx.Module):
    """The luck of a start.

    Attributes:
        number: tells worlds apart, so that there is something to batch over.
        parts: the luck of the components, by name.
    """

    number: Int[Array, ""]
    parts: dict[str, Any]


class Firms(eqx.Module):
    """All firms; each makes one good.

    Attributes:
        price: dollars a unit that holds in the coming step.
        wage: dollars an hour, likewise.
        inventory: units that can be sold in the coming step.
        short: whether more was asked for in the last step than there was.
        budget: dollars, below 0 in debt.
        capital: units.
    """

    price: Float[Array, " firms"]
    wage: Float[Array, " firms"]
    inventory: Float[Array, " firms"]
    short: Bool[Array, " firms"]
    budget: Float[Array, " firms"]
    capital: Float[Array, " firms"]


class Flows(eqx.Module):
    """What moves within a step. Components fill it in, one after the other.

    Attributes:
        spent: dollars that each consumer paid for goods.
        utility: utils of each consumer.
        income: dollars that each earned.
        income_tax: dollars that each paid of it.
        rebate: dollars that each gets back.
        sold: units of each good that consumers got.
        exported: units that went abroad.
        labor: hours that each firm was given.
        price: dollars a unit that each firm asks for from the next step on.
        wage: dollars an hour that it will pay.
        invested_share: of its income before tax that it invests.
        investment: dollars that it invested.
        profit: dollars, before tax.
        corporate_tax: dollars.
        output: units made, which can be sold from the next step on.
        rates: income tax and corporate tax that hold from the next step on.
    """

    spent: Float[Array, " consumers"]
    utility: Float[Array, " consumers"]
    income: Float[Array, " consumers"]
    income_tax: Float[Array, " consumers"]
    rebate: Float[Array, ""]
    sold: Float[Array, " firms"]
    exported: Float[Array, " firms"]
    labor: Float[Array, " firms"]
    price: Float[Array, " firms"]
    wage: Float[Array, " firms"]
    invested_share: Float[Array, " firms"]
    investment: Float[Array, " firms"]
    profit: Float[Array, " firms"]
    corporate_tax: Float[Array, " firms"]
    output: Float[Array, " firms"]
    rates: Float[Array, "2"]

    @classmethod
    def none(cls, consumers: int, firms: "Firms", rates: Float[Array, "2"]) -> "Flows":
        """Nothing has moved, and prices, wages and rates stay as they are."""
        of_consumer, of_firm = jnp.zeros(consumers), jnp.zeros(firms.price.shape)
        by_consumer = dict.fromkeys(("spent", "utility", "income", "income_tax"), of_consumer)
        by_firm = dict.fromkeys(
            ("sold", "exported", "labor", "invested_share", "investment", "profit"), of_firm
        )
        by_firm |= dict.fromkeys(("corporate_tax", "output"), of_firm)
        nothing, after = jnp.zeros(()), {"price": firms.price, "wage": firms.wage, "rates": rates}
        return cls(rebate=nothing, **by_consumer, **by_firm, **after)


class Totals(eqx.Module):
    """Sums over all members and the steps of the episode so far.

    Attributes:
        utility: utils of consumers.
        profit: dollars that firms kept, after tax.
        consumption: units.
        home_sales: dollars that consumers paid.
        export_sales: dollars from abroad.
        output: units made.
        hours: worked.
        investment: dollars.
        tax_revenue: dollars.
    """

    utility: Float[Array, ""]
    profit: Float[Array, ""]
    consumption: Float[Array, ""]
    home_sales: Float[Array, ""]
    export_sales: Float[Array, ""]
    output: Float[Array, ""]
    hours: Float[Array, ""]
    investment: Float[Array, ""]
    tax_revenue: Float[Array, ""]


class State(eqx.Module):
    """The economy between two steps.

    Attributes:
        step: steps taken so far.
        budget: dollars of each consumer.
        firms: all of them.
        rates: income tax and corporate tax that hold in the coming step, from 0 to 1.
        totals: of the episode so far.
        flows: of the step that is being taken; None between two steps.
        parts: the memories of the components, by name.
        params: the numbers of this episode.
    """

    step: Int[Array, ""]
    budget: Float[Array, " consumers"]
    firms: Firms
    rates: Float[Array, "2"]
    totals: Totals
    flows: Flows | None
    parts: dict[str, Any]
    params: Params

    @property
    def moving(self) -> Flows:
        """The flows of the step that is being taken."""
        assert self.flows is not None
        return self.flows
