"""Who may come in: users, roles, purposes of a session."""
