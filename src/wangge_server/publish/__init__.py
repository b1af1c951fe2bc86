"""What may leave the house, and what was refused."""
