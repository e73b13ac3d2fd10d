"""The vendor's desk: apps, prices, installs, letters, payouts."""
