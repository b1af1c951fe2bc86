"""The whole way in one screen."""
