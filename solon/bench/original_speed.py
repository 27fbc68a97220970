"""Speed of the original, in its own interpreter: CONFIGURATION (JSON), SECONDS and SEED."""

import json
import sys
import time

import numpy as np
from original.framework import import_original


def main() -> None:
    """Play random valid actions and print environment steps a second."""
    configuration, seconds, seed = json.loads(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    np.random.seed(seed)  # noqa: NPY002
    name = configuration.pop("scenario_name")
    environment = import_original().make_env_instance(name, **configuration)
    generator = np.random.RandomState(seed)

    def choose(agent: str, mask: np.ndarray) -> object:
        if agent != "p":
            return generator.choice(np.flatnonzero(mask))
        # The planner picks a rate for each bracket, or nothing where nothing is allowed.
        blocks = np.split(mask, 7)
        return [generator.choice(np.flatnonzero(block)) for block in blocks]

    observations = environment.reset()
    steps, done, began = 0, False, None
    while began is None or time.perf_counter() - began < seconds:
        if done:
            observations = environment.reset()
        actions = {k: choose(k, seen["action_mask"]) for k, seen in observations.items()}
        observations, _, ended, _ = environment.step(actions)
        done = ended["__all__"]
        steps += 1
        if began is None and steps == 20:
            # Whatever is set up in the first steps does not count.
            began, steps = time.perf_counter(), 0
    print(json.dumps(steps / (time.perf_counter() - began)))


if __name__ == "__main__":
    main()
