"""OfficeX from the user's side: calls, accounts, waiting charges, selling and buying themes."""
