"""The 62 scenario vectors of the contract (section 19), over real HTTP, against any OfficeX that may be written to."""
