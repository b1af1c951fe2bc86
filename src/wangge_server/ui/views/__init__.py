"""Pages that belong to no room, and those of rooms that stand before the gate (accounts, audit)."""
