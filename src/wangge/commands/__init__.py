"""The shelf of commands: one file a command, a thin door over the way."""
