"""forms: what departments ask, made one: harmonised forms, the union form and its bill, templates filled out again; campaigns."""

from wangge.forms.ask import ask
from wangge.forms.campaign import (
    Forecast,
    by_day,
    census_questions,
    forecast,
    forgotten,
    gap_questions,
    lay_out,
    progress,
)
from wangge.forms.fill import Filled, Unfilled, fill
from wangge.forms.form import Field, Form
from wangge.forms.harmonise import Harmonised, harmonise, version_of
from wangge.forms.matching import Matched
from wangge.forms.price import Price, budget, price, refuse_if_over
from wangge.forms.record import from_record
from wangge.forms.sheet import HeaderSheet, from_sheet
from wangge.forms.union import Asked, for_purpose
from wangge.forms.verdict import Verdict
from wangge.forms.versions import Step, changes, moved
from wangge.forms.xlsform import from_xlsform, is_xlsform

__all__ = [
    "Asked",
    "Field",
    "Filled",
    "Forecast",
    "Form",
    "Harmonised",
    "HeaderSheet",
    "Matched",
    "Price",
    "Step",
    "Unfilled",
    "Verdict",
    "ask",
    "budget",
    "by_day",
    "census_questions",
    "changes",
    "fill",
    "for_purpose",
    "forecast",
    "forgotten",
    "from_record",
    "from_sheet",
    "from_xlsform",
    "gap_questions",
    "harmonise",
    "is_xlsform",
    "lay_out",
    "moved",
    "price",
    "progress",
    "refuse_if_over",
    "version_of",
]
