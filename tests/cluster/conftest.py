"""Sweeps on Ray.

`make test-cluster` installs it and runs these; without it they are left out. Once they are asked
for, a package that is missing is a failure.
"""

import os

collect_ignore_glob = [] if os.environ.get("SOLON_CLUSTER") else ["test_*.py"]
