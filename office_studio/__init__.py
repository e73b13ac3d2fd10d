"""Office Studio: watch AI agents at work in a virtual office, seat them, and make the office."""

import sys

__version__ = "0.1.0"

# httpx takes its own command line along, and with it click and rich, wherever these are installed: 0.1 s of every start
# for something nobody here calls. An entry of None makes that import fail, which httpx allows for.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
