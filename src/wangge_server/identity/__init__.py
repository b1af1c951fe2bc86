"""One person, one record: what people must settle, and what they settled."""
