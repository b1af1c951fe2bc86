"""Changes of the dictionary's upper room: words that a person confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from wangge.base.errors import WanggeError
from wangge.dictionary import elements, nearest
from wangge.dictionary.match import question_key
from wangge.dictionary.refused import banned_by_words
from wangge_server.base.actions import action, note
from wangge_server.dictionary.models import ConfirmedWord

LONGEST = 200


@action("word.confirm")
def confirm_words(*, words: Mapping[str, str], office: str, by: Any, purpose: str) -> int:
    """Remember what headers mean for an office: {header: element}. What the office said before is replaced. -> how many

    E1004 for an unknown element. A header that asks what may never be asked is not remembered, whatever was said of it.
    """
    for element in words.values():
        if element not in elements():
            raise WanggeError("E1004", element=element, nearest=nearest(element) or "-")
    kept = {h: e for h, e in words.items() if len(h) <= LONGEST and not banned_by_words(h) and not elements()[e].banned}
    for header, element in kept.items():
        ConfirmedWord.objects.update_or_create(
            office=office,
            key=question_key(header),
            defaults={"header": header, "element": element, "confirmed_by": by, "confirmed_at": timezone.now()},
        )
    note(words=len(kept))
    return len(kept)


@action("word.confirm")
def forget_word(*, word_id: int, office: str, by: Any, purpose: str) -> None:
    """An office takes its own word back; the next header like it is asked about again."""
    ConfirmedWord.objects.filter(pk=word_id, office=office).delete()
    note(about=str(word_id))
