"""A trainer that was written for JaxMARL's interface trains the workers of Gather-Trade-Build.

JaxMARL's package has environments and no trainers. They are in its repository, FLAIROx/JaxMARL, of
which this needs a checkout at commit c793d095618c6d3edfb5632802348f57b70a4b94:

    pip install 'solon[interop]' distrax hydra-core wandb
    python examples/jaxmarl_workers.py CHECKOUT 1000000

The trainer is `baselines/IPPO/ippo_rnn_smax.py`: independent PPO with a recurrent network that all
agents share, and with masks. It makes a battle of SMAX; here it is handed workers in its place.
Before that, the checkout's own tests of an environment look at them.
"""

import functools
import importlib.util
import pathlib
import sys
import types

import jax
import jax.numpy as jnp
from jaxmarl.wrappers.baselines import SMAXLogWrapper

import solon
from solon.agents import ConstantPolicy
from solon.interop import JaxMARLEnv

SETTINGS = {
    **{"LR": 1e-3, "ANNEAL_LR": True, "MAX_GRAD_NORM": 0.5, "UPDATE_EPOCHS": 2},
    **{"NUM_ENVS": 32, "NUM_STEPS": 125, "NUM_MINIBATCHES": 4},
    **{"GAMMA": 0.99, "GAE_LAMBDA": 0.95, "CLIP_EPS": 0.2, "SCALE_CLIP_EPS": False},
    **{"ENT_COEF": 0.02, "VF_COEF": 0.5, "FC_DIM_SIZE": 64, "GRU_HIDDEN_DIM": 64},
    **{"MAP_NAME": "market", "ENV_KWARGS": {}},
}


def workers(horizon=500):
    """Four workers without a tax, who see two cells in each direction."""
    env = solon.make("gather-trade-build", horizon=horizon, view=2)
    free_market = ConstantPolicy(env.roles["planner"], 0.0)
    return JaxMARLEnv(env, policies={"planner": free_market})


class MeanOfAgents(SMAXLogWrapper):
    """The trainer logs what one agent got, as soldiers get all the same; workers do not."""

    @functools.partial(jax.jit, static_argnums=0)
    def step(self, key, state, action):
        *result, info = super().step(key, state, action)
        returns = info["returned_episode_returns"]
        return *result, info | {"returned_episode_returns": jnp.full_like(returns, returns.mean())}


def module_of(path, name):
    specification = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def check(checkout, game):
    """JaxMARL's tests of its own environments, on this one."""
    tests = module_of(checkout / "tests" / "test_envs_implement_base_api.py", "base_api")
    # They print whole observations.
    tests.print = lambda *words: None
    looking = [
        *(tests.test_inherits_base_env, tests.test_observation_space_definition),
        *(tests.test_action_space_definition, tests.test_reset_returns_valid_observation),
        tests.test_step_returns_correct_format,
    ]
    for look in looking:
        look(game)
    return len(looking)


def train(checkout, steps):
    """What an episode brought a worker on average, by environment steps."""
    trainer = module_of(checkout / "baselines" / "IPPO" / "ippo_rnn_smax.py", "ippo_rnn_smax")
    found = []

    def log(metrics):
        if metrics["returns"] == metrics["returns"]:
            found.append((int(metrics["env_step"]), float(metrics["returns"])))
            print(f"{found[-1][0]:>9,} steps: {found[-1][1]:8.2f}", flush=True)

    trainer.map_name_to_scenario = str
    trainer.HeuristicEnemySMAX = lambda scenario, **options: workers(**options)
    trainer.SMAXLogWrapper = MeanOfAgents
    trainer.wandb = types.SimpleNamespace(log=log)
    settings = SETTINGS | {"TOTAL_TIMESTEPS": steps}
    jax.block_until_ready(jax.jit(trainer.make_train(settings))(jax.random.PRNGKey(0)))
    return found


if __name__ == "__main__":
    place = pathlib.Path(sys.argv[1])
    print(f"{check(place, workers())} tests of JaxMARL's passed")
    course = train(place, int(sys.argv[2]))
    print(f"an episode brought a worker {course[0][1]:.2f} at first, {course[-1][1]:.2f} at last")
