"""Letters of apps."""
