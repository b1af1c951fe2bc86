"""The upper floor: it remembers, asks and permits. Stage names are those of the ground floor."""
