"""Bridges to other libraries. What needs one of them is in `libraries`, for `make test-interop`.

That target installs them all. Once it is asked for, a library that is missing is a failure.
"""

import os

collect_ignore = [] if os.environ.get("SOLON_INTEROP") else ["libraries"]
