"""OfficeX, the credit marketplace, without a network: money, reservations, limits, the grammar of chat streams."""
