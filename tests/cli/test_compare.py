"""`solon compare`: runs and schedules on the same luck."""

import pytest

from solon.cli import main

from .conftest import OWN_ECONOMY


@pytest.fixture(scope="module")
def taxed(tmp_path_factory):
    """A run of the one-step economy under no tax."""
    folder = tmp_path_factory.mktemp("taxed") / "run"
    arguments = ["train", "--economy", "one-step-economy", "--steps", "16", "--quiet"]
    sizes = [
        "--environments",
        "2",
        "--unroll",
        "4",
        "--ppo",
        "minibatches=2",
        "--ppo",
        "hidden=[4]",
    ]
    assert main([*arguments, *sizes, "--planner", "free-market", "--run", str(folder)]) == 0
    return folder


def test_schedules_are_tried_on_the_workers_of_a_run(taxed, tmp_path, capsys):
    everything = tmp_path / "everything.yaml"
    everything.write_text("rates: [1]\ncutoffs: [0]\n")
    arguments = ["compare", str(taxed), "us-federal-2024-single", str(everything)]
    assert main([*arguments, "--episodes", "4"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("4 episodes on the same luck")
    # The reader is told what the first line of each block is, and whose workers pay the others.
    assert f"{taxed.name}: its own workers under free market\n" in out
    assert f"{taxed.name}, as they were trained\n" in out
    blocks = out.split("\nproductivity\n")[1].split("\nequality\n")
    free, federal, all_of_it = blocks[0].splitlines()
    # Workers act as trained, and have hardly been trained: what is produced stays about the same,
    # and what changes is who has it.
    assert float(federal.split()[1]) == pytest.approx(float(free.split()[-1]), rel=0.1)
    assert "correlation" in federal and "correlation" in all_of_it
    equal = blocks[1].splitlines()[2].split()
    assert equal[1] == "1" and equal[2].startswith("+")


def test_runs_of_other_economies_and_odd_schedules_are_refused(taxed, trained, tmp_path, capsys):
    two = tmp_path / "two.yaml"
    two.write_text("rates: [0.1, 0.2]\n")
    for arguments, named in (
        ([str(taxed), str(trained)], ("policies", "harvest@1", "one-step-economy@1")),
        ([str(taxed), str(two)], ("policies", "two.yaml with 2 rates", "cutoffs", "7 rates")),
        ([str(trained), "us-federal"], ("planner", "role")),
        ([str(taxed)], ("policies", "two or more")),
        (["us-federal", "camelback"], ("workers",)),
        ([str(taxed), "camelbak"], ("policies", "did you mean camelback", "a name of the zoo")),
        ([str(taxed), "us-federal", "--workers", str(tmp_path)], ("run", "run.json")),
    ):
        assert main(["compare", *arguments, "--episodes", "2"]) == 2, arguments
        line = capsys.readouterr().err
        assert line.count("\n") == 1
        for part in named:
            assert part in line, (arguments, line)


def test_a_random_planner_is_said_to_be_one():
    """`compare MIXTURE us-federal` holds the schedule against another random one in each year."""
    from types import SimpleNamespace

    from solon.cli import compare
    from solon.runs.policies import policy_named

    env = SimpleNamespace(roles={"worker": None, "planner": None})
    recipe = SimpleNamespace(planner=policy_named("random"))
    players = {"mixture": SimpleNamespace(env=env, recipe=recipe, regime="random")}
    assert compare._legend(["mixture"], players, "mixture") == [
        "mixture: its own workers under another random schedule in each episode",
        "schedules: the workers of mixture, as they were trained",
    ]
    assert compare._legend([], players, "mixture")[0].startswith(
        "schedules: the workers of mixture"
    )


def test_runs_that_differ_in_the_seed_alone_are_one_regime(trained, tmp_path, capsys):
    arguments = ["train", "--economy", f"{OWN_ECONOMY}:Harvest", "--quiet"]
    sizes = ["--environments", "4", "--unroll", "10", "--ppo", "hidden=[4]"]
    for name, seed, steps in (("two", 1, 200), ("long", 1, 400)):
        more = ["--seed", str(seed), "--steps", str(steps), "--run", str(tmp_path / name)]
        assert main([*arguments, *sizes, *more]) == 0
    capsys.readouterr()
    runs = [str(trained), str(tmp_path / "long"), str(tmp_path / "two")]
    assert main(["compare", *runs, "--episodes", "3"]) == 0
    head, *lines = capsys.readouterr().out.splitlines()
    assert "differ in the seed alone are one regime" in head
    block = lines[lines.index("stock") + 1 :]
    assert ", 2 seeds" in block[0]
    mean, each = float(block[0].split()[-1]), block[1].split()
    assert each[0::3] == ["seed", "seed"] and each[1::3] == ["0", "1"]
    values = [float(value.strip(",")) for value in each[2::3]]
    assert mean == pytest.approx(sum(values) / 2, rel=1e-4)
    # Two trainings are too few for an interval.
    assert "[" not in block[2] and block[2].endswith("other seeds")
