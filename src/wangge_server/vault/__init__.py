"""Two vaults: what stays in the register, what dies with the emergency, and the act that ends it."""
