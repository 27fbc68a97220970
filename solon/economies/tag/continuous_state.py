"""What Continuous Tag holds: bodies, who has left, and the numbers of the game."""

import equinox as eqx
from jaxtyping import Array, Bool, Float, Int

__all__ = ["Bodies", "Params", "State"]


class Params(eqx.Module):
    """The numbers of the game, which a study may vary.

    Attributes:
        accelerations: in lengths a step and step: what each level stands for, the first one 0; of
            an economy in which numbers are chosen the lowest and the highest.
        turns: likewise, in radians a step, by at most one turn.
        speed_limit: in lengths a step, at skill 1.
        tagger_skill: by which the limit is multiplied.
        runner_skill: likewise.
        tagging_distance: as a share of the square's length.
        tag_reward: of the tagger, for each runner.
        tag_penalty: of the runner.
        end_bonus: of each runner that has not left at the horizon.
        step_cost: of each tagger in each step.
        step_reward: of each runner in each step in which it is there.
        edge_penalty: of who runs against the edge, in each step.
    """

    accelerations: Float[Array, " levels"]
    turns: Float[Array, " _"]
    speed_limit: Float[Array, ""]
    tagger_skill: Float[Array, ""]
    runner_skill: Float[Array, ""]
    tagging_distance: Float[Array, ""]
    tag_reward: Float[Array, ""]
    tag_penalty: Float[Array, ""]
    end_bonus: Float[Array, ""]
    step_cost: Float[Array, ""]
    step_reward: Float[Array, ""]
    edge_penalty: Float[Array, ""]


class Bodies(eqx.Module):
    """All agents, taggers first.

    Attributes:
        x: from 0 to the length of the square.
        y: likewise.
        heading: radians from 0 to 2 pi; 0 of who has left.
        speed: lengths a step; 0 of who has left.
        acceleration: that has been chosen so far, and adds to the speed in each step; it is gone
            whenever the speed is 0 or at its limit.
    """

    x: Float[Array, " agents"]
    y: Float[Array, " agents"]
    heading: Float[Array, " agents"]
    speed: Float[Array, " agents"]
    acceleration: Float[Array, " agents"]


class State(eqx.Module):
    """The game between two steps.

    Attributes:
        step: steps taken so far.
        bodies: of all agents.
        left: which runners have left.
        params: the numbers of this episode.
    """

    step: Int[Array, ""]
    bodies: Bodies
    left: Bool[Array, " runners"]
    params: Params
