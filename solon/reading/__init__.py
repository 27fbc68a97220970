"""What people hand over as files and typed values: read safely, strictly, and by one rule each.

    files.py     the one place that opens a file: its size, its encoding, what is no file
    scalars.py   numbers as text, by the core schema of YAML 1.2
    yaml_core.py YAML 1.2, without what makes little text much work
    json_strict.py   JSON without what it does not have: NaN, keys that come twice
    content.py   YAML or JSON by the ending of a file
    dates.py     dates, of one form
    arrays.py    safetensors

Nothing here loads jax.
"""
