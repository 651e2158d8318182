"""Counts, shares, durations and dates in words, for the window and the command line alike."""

from __future__ import annotations

from datetime import datetime

from siamgui.core.i18n import tr, trn


def photo_count(n: int) -> str:
    return trn("{n} photo", "{n} photos", n)


def film_count(n: int) -> str:
    return trn("{n} video", "{n} videos", n)


def pair_count(n: int) -> str:
    return trn("{n} pair", "{n} pairs", n)


def people_count(n: int) -> str:
    return trn("{n} person", "{n} people", n)


def percent(share: float, digits: int = 1) -> str:
    """share: in [0, 1]."""
    return tr("{n} %", n=f"{100 * share:.{digits}f}")


def about(seconds: float) -> str:
    """A duration, rounded to what a guess is worth."""
    if seconds < 10:
        return tr("a few seconds")
    if seconds < 50:
        return tr("about {n} seconds", n=10 * max(1, round(seconds / 10)))
    if seconds < 45 * 60:
        return trn("about a minute", "about {n} minutes", max(1, round(seconds / 60)))
    return trn("about an hour", "about {n} hours", max(1, round(seconds / 3600)))


def time_left(seconds: float) -> str:
    """seconds: a guess."""
    return tr("{time} left", time=about(seconds))


def when(iso: str, form: str = "%Y-%m-%d %H:%M") -> str:
    """ISO 8601 in UTC as local time: "2026-11-24 10:31"; unchanged where it is no date."""
    try:
        return datetime.fromisoformat(iso).astimezone().strftime(form)
    except ValueError:
        return iso


def day(iso: str) -> str:
    """The same without the time of day."""
    return when(iso, "%Y-%m-%d")


def clock(seconds: float) -> str:
    """A place in a film: "0:12:34"."""
    whole = int(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"
