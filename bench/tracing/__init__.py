"""The steps of `just bench exposure`, each a process of its own so that CPU seconds and peak memory are its own."""
