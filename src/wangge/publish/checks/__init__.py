"""Checks before publication: one file a check, put a file here and it is in.

A check is named by the fault it finds. It gives REASON in three languages and `find(draft)`, which returns what is at
fault as `area:measure` (or an area, or a purpose), empty when all is well. Any finding refuses the release.
"""
