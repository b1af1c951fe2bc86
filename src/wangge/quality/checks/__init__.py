"""The shelf of checks: one file a check, named by the sentence that is true of a row when it is held.

A member holds a docstring (meaning, source), and
  PLACE       when it is asked: lower is earlier, and the first check that holds is the row's one reason
  CODE        number in the table of errors
  ELEMENTS    data elements it is asked of, one after the other; () when it concerns the whole row
  EXPRESSION  DuckDB SQL over the columns of prepare(); {it} stands for the element's column
  EXAMPLES    (header, rows): elements as a department writes them, the last column says whether the row is held.
              The rows of one table are one list; `as_of` is 2026-11-23
"""
