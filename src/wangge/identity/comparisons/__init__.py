"""The shelf of comparisons: one file a key that may join rows, named by the sentence that is true when it joins.

A member holds a docstring (meaning, why it may be trusted), and
  PLACE     when it is asked: lower is stronger and earlier
  EVIDENCE  the word that stands in LINK.evidence
  PARTS     what must be there and equal: id, document, name (read alike), exact_name, phone, door, birth, pinyin, number_left
            or number_right (half of a resident ID number)
  NEAR      true: the numbers may differ in two digits, and one of them must be broken
  NAMES     optional: of rows that share the key only those join whose names are near (see `near_names`): "near" any,
            "spelt" if one of two is in Latin letters
  CAP       groups of more rows join nobody (0: no limit)
  EXAMPLES  (elements, rows): each row is two people as lists write them, and whether this key alone joins them
A key that names two valid numbers joins nobody; its rows go to a person for review.
"""
