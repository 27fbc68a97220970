"""Stable-Baselines3 trains the planner of Gather-Trade-Build.

The workers are those of the zoo that met another random tax in each year, so they know how to live
under many. The planner sets seven marginal rates once a year and wants equality times coin per
worker; a step of its environment is a year. Sixteen copies run in one compiled program.

    pip install 'solon[interop]' stable-baselines3
    python examples/stable_baselines3_planner.py 3200
"""

import sys

import numpy as np
from stable_baselines3 import PPO
from stable_baselines3.common.vec_env import VecEnv

import solon
from solon.interop import GymnasiumVectorEnv

WORKERS = "tax/open-quadrant/mixture"


class Copies(VecEnv):
    """A vector environment of Gymnasium in the interface of Stable-Baselines3."""

    def __init__(self, game):
        self.game = game
        super().__init__(game.num_envs, game.single_observation_space, game.single_action_space)

    def reset(self):
        (seed, *_), self._seeds = self._seeds, [None] * self.num_envs
        return self.game.reset(seed=seed)[0]

    def step_async(self, actions):
        self._actions = actions

    def step_wait(self):
        seen, rewards, terminated, truncated, told = self.game.step(self._actions)
        over = terminated | truncated
        infos = [{} for _ in over]
        for copy in np.flatnonzero(over):
            infos[copy]["terminal_observation"] = told["final_obs"][copy]
            infos[copy]["TimeLimit.truncated"] = bool(truncated[copy])
        return seen, rewards, over, infos

    def close(self):
        self.game.close()

    def get_attr(self, attr_name, indices=None):
        return [getattr(self.game, attr_name, None)] * self.num_envs

    def set_attr(self, attr_name, value, indices=None):
        setattr(self.game, attr_name, value)

    def env_method(self, method_name, *args, indices=None, **kwargs):
        return [getattr(self.game, method_name)(*args, **kwargs)] * self.num_envs

    def env_is_wrapped(self, wrapper_class, indices=None):
        return [False] * self.num_envs


def game(copies=16, **options):
    """The planner's place, beside the workers of the zoo."""
    entry = solon.zoo.load(WORKERS, **options)
    return GymnasiumVectorEnv(
        entry.env,
        "planner",
        copies,
        policies=entry.learned,
        params=entry.params,
        memories=entry.memories,
        flat=True,
        autoreset_mode="SameStep",
    )


def score(copies, rates, seed=1):
    """What an episode brings the planner on average: `rates` takes what it sees and sets taxes."""
    seen, _ = copies.game.reset(seed=seed)
    total, over = np.zeros(copies.num_envs), np.zeros(copies.num_envs, bool)
    while not over.all():
        seen, rewards, terminated, truncated, _ = copies.game.step(rates(seen))
        total += np.where(over, 0, rewards)
        over |= terminated | truncated
    return total.mean()


def train(copies, steps, years=10):
    """A planner that has learned from so many years, of all copies together."""
    copies.seed(0)
    batch = years * copies.num_envs // 4
    learner = PPO(
        "MlpPolicy", copies, n_steps=years, batch_size=batch, learning_rate=1e-3, gamma=1.0, seed=0
    )
    return learner.learn(steps)


if __name__ == "__main__":
    copies = Copies(game())
    nothing = np.zeros((copies.num_envs, *copies.action_space.shape), np.float32)
    print(f"without taxes: {score(copies, lambda seen: nothing):.1f}")
    planner = train(copies, int(sys.argv[1]))
    print(f"with the planner: {score(copies, lambda seen: planner.predict(seen)[0]):.1f}")
