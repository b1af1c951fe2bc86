"""Counts with their denominators: the board."""
