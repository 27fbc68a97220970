"""Proof that an economy is the one it reimplements: the original, run side by side.

The original framework (the Python package `ai-economist`) runs in an environment and an interpreter
of its own. It plays at random, and its random draws, states, observations, masks,
rewards and metrics are recorded. Solon then plays the same episode in float64 with the same draws
and the same actions, and everything is compared at every step.

`original` is the part that runs in the other interpreter. On this side: `environment` and
`process` (making and running it), `configuration` (what it takes, in Solon's terms), `luck` (its
draws as worlds and shocks), `view` (Solon's state under its names), `compare`, and `run`.
"""
