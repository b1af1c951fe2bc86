"""Performance, measured by running the product as its users do. Ratios against named peers stand in one run."""
