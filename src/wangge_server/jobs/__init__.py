"""Long work: reading batches, running the way."""
