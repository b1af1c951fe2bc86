"""The lists of the departments. Each file makes one list the way that department would hand it over."""
