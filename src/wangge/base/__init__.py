"""What every room stands on: numbered errors, ids, days, shelves, progress. Imports nothing of ours."""
