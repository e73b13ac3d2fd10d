"""The webhook receiver of this computer."""
