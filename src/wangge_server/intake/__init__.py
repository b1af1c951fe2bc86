"""Uploads, batches, held rows."""
