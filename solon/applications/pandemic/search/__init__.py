"""Search for pandemic policies: what is maximised, within what limits, and how."""
