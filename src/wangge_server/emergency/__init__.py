"""The emergency on which every judgement, task and share hangs."""
