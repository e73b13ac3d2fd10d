"""The wallet: what is there, the ledger, buying and redeeming."""
