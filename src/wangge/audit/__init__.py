"""audit: what is signed, and the keys it is signed with."""
