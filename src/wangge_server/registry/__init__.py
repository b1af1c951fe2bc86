"""One person one record, households, and which list said so."""
