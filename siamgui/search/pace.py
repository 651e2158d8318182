"""How long the rest of a folder will take: photographs by their number, films by their bytes."""

from __future__ import annotations

import time

_FILM_RATE = 4e6
"""Bytes a second, before any was read: an hour in HD takes about ten minutes."""


class Pace:
    """photos, films: how many are left, and how many bytes."""

    def __init__(self, photos: int, films: int) -> None:
        self._photos, self._films = photos, float(films)
        self._photos_done, self._films_done = 0, 0.0
        self._photo_time = self._film_time = 0.0
        self._last = time.monotonic()

    def photo(self) -> None:
        """One more is read."""
        self._photos, self._photos_done = self._photos - 1, self._photos_done + 1
        self._photo_time += self._passed()

    def film(self, size: float) -> None:
        """So many bytes of a film more."""
        self._films, self._films_done = max(self._films - size, 0.0), self._films_done + size
        self._film_time += self._passed()

    def known(self, size: float) -> None:
        """So many bytes of a film need not be read any more."""
        self._films = max(self._films - size, 0.0)

    def left(self) -> float | None:
        """Seconds, a guess; None before anything can be said."""
        if self._photos and not self._photos_done:
            return None
        photo = self._photo_time / self._photos_done if self._photos_done else 0.0
        film = self._film_time / self._films_done if self._films_done else 1 / _FILM_RATE
        return self._photos * photo + self._films * film

    def _passed(self) -> float:
        now = time.monotonic()
        passed, self._last = now - self._last, now
        return passed
