"""Layouts as the rules of the original draw them, step by step, in NumPy."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def around(field, window):
    padded = np.pad(field, window.shape[0] // 2)
    return np.einsum("ijkl,kl->ij", sliding_window_view(padded, window.shape), window)


def cover(random, likelihood, target, clumpiness, free):
    scattered = 1 - min(clumpiness, 0.99)
    chance = likelihood * 0.1 * scattered
    draws = random.random(free.shape)
    covered = (draws < chance) & free
    for _ in range(201):
        if covered.mean() >= target * scattered:
            break
        draws = draws * 0.9
        covered = (draws < chance) & free
    while covered.mean() < target:
        window = (random.standard_normal((7, 7)) > 0).astype(float)
        noise = random.standard_normal(free.shape)
        covered = ((around(covered + 0.2 * noise - 0.25, window) > 0) | covered) & free
    return covered


def draw(random, stone, wood, *, free=None, wipe=None):
    """A layout with 0 for stone, 1 for wood, -1 for neither.

    Args:
        random: a NumPy generator.
        stone: likelihood by cell, target and clumpiness.
        wood: likewise.
        free: where there may be sources. Default: anywhere.
        wipe: what is cleared after all has been drawn. Default: nothing.
    """
    free = np.ones(stone[0].shape, bool) if free is None else free
    for _ in range(100):
        wooden = cover(random, *wood, free)
        stony = cover(random, *stone, free & ~wooden)
        quotients = wooden.mean() / wood[1], stony.mean() / stone[1]
        if all(1 / 1.4 <= quotient <= 1.4 for quotient in quotients):
            break
    source = np.where(stony, 0, np.where(wooden, 1, -1))
    return source if wipe is None else np.where(wipe, -1, source)


def features(source):
    """Of a batch of layouts: shares, mean rows, mean columns and joined neighbours, by episode."""
    _, height, width = source.shape
    row, column = np.arange(height)[None, :, None], np.arange(width)[None, None]
    result = {}
    for kind, name in enumerate(("stone", "wood")):
        own = source == kind
        count = own.sum(axis=(1, 2))
        joined = (own[:, 1:] & own[:, :-1]).sum(axis=(1, 2))
        joined = joined + (own[:, :, 1:] & own[:, :, :-1]).sum(axis=(1, 2))
        result |= {
            f"{name} cells": count,
            f"{name} row": (own * row).sum(axis=(1, 2)) / np.maximum(count, 1),
            f"{name} column": (own * column).sum(axis=(1, 2)) / np.maximum(count, 1),
            f"{name} joined": joined / np.maximum(count, 1),
        }
    return result
