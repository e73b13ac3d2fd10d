"""Who spends what: sums, budgets, the strip and jars in the office."""
