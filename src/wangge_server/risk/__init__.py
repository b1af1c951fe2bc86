"""Grades with evidence and an end."""
