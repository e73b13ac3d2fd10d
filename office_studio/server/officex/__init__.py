"""A complete OfficeX of one's own: the sandbox, in which everything can be tried without an account or money."""
