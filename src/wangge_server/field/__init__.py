"""What was seen at the door."""
