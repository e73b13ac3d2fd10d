"""Rooms in space: the process that draws them, and what the window makes of its pictures."""
