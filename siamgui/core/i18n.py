"""tr(): every string a person reads, in the window and on the command line, goes through it.

English is the source text. Catalogues are gettext files in resources/locale; tools/translations.py keeps them.
"""

from __future__ import annotations

import gettext
import locale
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from siamgui.core.resources import resource

LANGUAGES = {"en": "English", "zh_CN": "简体中文"}

_catalogue: gettext.NullTranslations = gettext.NullTranslations()
_current = "en"
_spoken: ContextVar[tuple[str, gettext.NullTranslations] | None] = ContextVar("spoken", default=None)


# Control characters, but for ends of lines and tabs, which our own texts have.
_STEERING = {code: "\N{REPLACEMENT CHARACTER}" for code in (*range(32), *range(127, 160)) if code not in (9, 10)}


def system_language() -> str:
    """The language of the environment, if we speak it, else English."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "zh_CN" if value.lower().startswith("zh") else "en"
    code = locale.getlocale()[0] or ""
    return "zh_CN" if code.lower().startswith(("zh", "chinese")) else "en"


def set_language(code: str) -> None:
    """Choose the language for all further tr() calls. code: a key of LANGUAGES, or "system"."""
    global _catalogue, _current  # noqa: PLW0603 - one process speaks one language
    _current = system_language() if code == "system" else code
    _catalogue = _catalogue_of(_current)


def _catalogue_of(code: str) -> gettext.NullTranslations:
    if code == "en":
        return gettext.NullTranslations()
    return gettext.translation("siamgui", localedir=str(resource("locale")), languages=[code])


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Within the block, and on this thread alone, all words are in another language. code: a key of LANGUAGES."""
    token = _spoken.set((code, _catalogue_of(code)))
    try:
        yield
    finally:
        _spoken.reset(token)


def _spoken_catalogue() -> gettext.NullTranslations:
    spoken = _spoken.get()
    return _catalogue if spoken is None else spoken[1]


def language() -> str:
    spoken = _spoken.get()
    return _current if spoken is None else spoken[0]


def tr(message: str, **values: Any) -> str:
    """message in the current language, with {name} fields filled from values."""
    text = _spoken_catalogue().gettext(message)
    return text.format(**_shown(values)) if values else text


def trn(singular: str, plural: str, n: int, **values: Any) -> str:
    """Like tr() for a text that depends on the number n, itself available as {n}, with its thousands apart."""
    return _spoken_catalogue().ngettext(singular, plural, n).format(n=f"{n:,}", **_shown(values))


def _shown(values: dict[str, Any]) -> dict[str, Any]:
    """Without what would steer a terminal: names and paths come from outside."""
    return {
        key: str(value).translate(_STEERING) if isinstance(value, str | Path) else value
        for key, value in values.items()
    }


def mark(message: str) -> str:
    """Marks a constant for translation; pass it through tr() when it is shown."""
    return message
