"""What one department or region lets another have: asked for, agreed to by two, read with a receipt, over by itself."""
