"""forms: what departments ask, made one: harmonised forms, the union form and its bill, templates filled out again."""

from wangge.forms.form import Field, Form
from wangge.forms.harmonise import Harmonised, harmonise
from wangge.forms.matching import Candidate, Matched
from wangge.forms.record import from_record
from wangge.forms.sheet import HeaderSheet, from_sheet
from wangge.forms.union import Asked
from wangge.forms.verdict import Verdict
from wangge.forms.xlsform import from_xlsform, is_xlsform

__all__ = [
    "Asked",
    "Candidate",
    "Field",
    "Form",
    "Harmonised",
    "HeaderSheet",
    "Matched",
    "Verdict",
    "from_record",
    "from_sheet",
    "from_xlsform",
    "harmonise",
    "is_xlsform",
]
