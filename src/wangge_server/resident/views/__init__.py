"""What residents see without an account, and what those see who hang up the codes."""
