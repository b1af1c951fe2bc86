"""audit: the bytes of an entry, the Merkle tree over them, signed heads, and the verifier that stands alone."""
