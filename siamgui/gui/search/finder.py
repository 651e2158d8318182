"""What is done on the search thread: a question is made ready, and its likenesses are found."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from siamgui.core.types import PhotoReading, Strictness
from siamgui.gui.search.lent_engine import LentEngine
from siamgui.storage.store import Store

if TYPE_CHECKING:
    from siamgui.core.calibration import Calibration
    from siamgui.search.finding import Searcher
    from siamgui.search.values import Found, Probe
    from siamgui.storage.people_store import Person

PAGE = 48
"""Likenesses that are looked for at a time."""


class Finder:
    """Of one engine. For the search thread; holds the faces that are searched, and the last question."""

    def __init__(self, store: Store, engine: LentEngine, calibration: Calibration) -> None:
        self._store, self._engine, self._calibration = store, engine, calibration
        self._searcher: Searcher | None = None
        self._asked: tuple[object, Probe] | None = None

    def find(
        self,
        whom: PhotoReading | Person,
        strictness: Strictness,
        collections: tuple[int, ...],
        most: int,
        progress: Callable[[int], object],
    ) -> Found:
        """Raises as Searcher.find() does, and PersonUnknown."""
        from siamgui.search.finding import Searcher
        from siamgui.search.values import Find

        if self._searcher is None:
            self._searcher = Searcher(self._store, self._calibration, often=True)
        return self._searcher.find(Find(self._probe(whom), strictness, collections, most=most), progress)

    def _probe(self, whom: PhotoReading | Person) -> Probe:
        from siamgui.search.probes import probe_of_person, probe_of_photo

        if self._asked is None or self._asked[0] != whom:
            if isinstance(whom, PhotoReading):
                self._asked = whom, probe_of_photo(whom)
            else:
                self._asked = whom, probe_of_person(self._store, self._engine, whom)
        return self._asked[1]
