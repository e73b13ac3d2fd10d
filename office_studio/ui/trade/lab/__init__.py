"""The billing lab: the five patterns side by side."""
