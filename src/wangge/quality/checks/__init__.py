"""The shelf of checks: one file a check, named by the sentence that is true of a row or a value at fault.

A member holds a docstring (meaning, source), and
  PLACE       when it is asked: lower is earlier; a held row gets the first reason, a row that goes on every one
  CODE        number in the table of errors
  HOLDS       True: the row is refused, for it tells nothing. False: the row goes on, and a fault names row and element
  SETS_ASIDE  True: the value does not go on with its row; a number is kept as id_doubtful. False: it goes on as it is
  ELEMENTS    data elements it is asked of, one after the other; () when it concerns the whole row
  EXPRESSION  DuckDB SQL over the columns of prepare(); {it} stands for the element's column. Checks that set nothing
              aside see the row without the values that were; number_is_doubtful says that its number was
  EXAMPLES    (header, rows): elements as a department writes them, the last column says whether it is held or at fault.
              The rows of one table are one list; `as_of` is 2026-11-23
"""
