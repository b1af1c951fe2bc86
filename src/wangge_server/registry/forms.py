"""Search in the register."""

from __future__ import annotations

from django import forms


class SearchForm(forms.Form):
    """The beginning of a name, a part of an address. Sent by POST: neither may stand in an address bar."""

    name = forms.CharField(required=False, max_length=40, strip=True)
    address = forms.CharField(required=False, max_length=80, strip=True)
