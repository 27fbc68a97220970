"""What an application adds is found by the name of an economy; any other economy goes without."""

import dataclasses

import numpy as np
import pytest

import solon
from solon.applications.taxation import outcomes
from solon.economies.gather_trade_build import GatherTradeBuild
from solon.errors import DamageError
from solon.evidence import Outcomes
from solon.evidence.additions import additions_of, load_outcomes
from tests.cli.own_economy import Harvest
from tests.figures import synthetic


@dataclasses.dataclass(frozen=True)
class Renamed(GatherTradeBuild):
    """The same economy under a name of its own."""

    name = "my-society"


def test_an_economy_that_is_derived_from_another_has_what_is_added_to_it():
    assert additions_of(Harvest()) is None
    assert additions_of(solon.make("gather-trade-build")) is outcomes
    assert additions_of(Renamed()) is outcomes


def test_files_of_every_kind_are_read(tmp_path):
    Outcomes("quota", {"catch": np.ones(2)}).save(tmp_path / "any")
    synthetic.evaluation(episodes=1, steps=200).save(tmp_path / "one")
    assert type(load_outcomes(tmp_path / "any")) is Outcomes
    assert type(load_outcomes(tmp_path / "one")) is outcomes.Evaluation
    (tmp_path / "one" / "market.parquet").unlink()
    with pytest.raises(DamageError, match=r"market\.parquet"):
        load_outcomes(tmp_path / "one")
    with pytest.raises(solon.ConfigurationError, match="existing folder") as caught:
        load_outcomes(tmp_path / "none")
    assert not isinstance(caught.value, DamageError)
