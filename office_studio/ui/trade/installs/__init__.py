"""The catalog and what is installed from it: limits, pausing, starting."""
