"""What every room of the upper floor stands on: declared fields, actions, bulk loading. Knows no room."""
