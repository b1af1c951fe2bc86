"""Workers' grids, envelopes and leads."""
