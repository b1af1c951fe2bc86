"""Areas and the frame of dwellings."""
