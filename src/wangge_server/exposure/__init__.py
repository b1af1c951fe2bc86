"""Cases and who shared a place and a time with them."""
