"""A second generator of untidy lists with their truth, written apart from `wangge.synth`, and how linking does on it."""
