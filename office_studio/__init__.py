"""Office Studio: watch AI agents at work in a virtual office, seat them, and make the office."""

__version__ = "0.1.0"
