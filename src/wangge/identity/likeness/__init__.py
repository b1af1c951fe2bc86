"""The shelf of likenesses: one file a kind of evidence that the model weighs, whatever language the names are in.

What no key can join (names with slips, no valid number) is compared element by element; each comparison falls on a
level, and the lists themselves tell how much a level says (see `model`). A missing value says nothing.
A member holds a docstring (what it compares, what slips it forgives), and
  ELEMENT   column of the row that is compared: surname and given_name are taken from the name where a list has only that
  KIND      word (spelling and sound), number (digits with slips), day (dates), door (address as a door) or exact
  ACROSS    another ELEMENT whose content may stand here by mistake, or ""
  EXAMPLES  (one, two, level): same, near, alike, swapped, other, missing
"""
