"""Who each of several people in view is: one verification for each of them, of what CrowdReader sees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from siamgui.core.types import Outcome
from siamgui.live.crowd import REMEMBERED, Sight, View
from siamgui.live.frames import PATIENCE
from siamgui.live.session import Session
from siamgui.live.types import LiveState, LiveVerdict, Reason, Seen


class Everybody:
    """One of those in view is followed, the largest or the one that was picked, and the answer is about that one; of
    the others it is told who they are. The rate of the strictness holds for each face.
    """

    def __init__(self, begin: Callable[[], Session]) -> None:
        """begin: makes the verification of one more face."""
        self._begin = begin
        self._session = begin()  # of the one that is followed
        self._sessions: dict[int, Session] = {}
        self._names: dict[int, str | None] = {}
        self._seen: dict[int, float] = {}  # when each was read last
        self._followed: int | None = None
        self._track = 0
        self._last = 0.0
        self._state: LiveState | None = None

    def add(self, view: View) -> LiveState:
        """Take the next frame in."""
        self._forget(view.frame.at)
        for one in view.sights:
            if one.number is not None and one.reading is not None:
                self._take(view, one, one.number)
        at = self._follow(view)
        sight = None if at is None else view.sights[at]
        faces = tuple(one.face for one in view.sights)
        picked = view.picked is not None and view.picked == self._followed
        reading = None if sight is None else sight.reading
        seen = Seen(view.frame, faces, at, reading, self._track, picked)
        if reading is not None or not faces:
            self._state = self._session.add(seen)
        names = tuple(None if one.number is None else self._names.get(one.number) for one in view.sights)
        if self._state is None:  # faces, and nothing is known of any
            return LiveState(seen, 0.0, Outcome.INCONCLUSIVE, None, None, None, names)
        return replace(self._state, seen=seen, names=names)

    def end(self, reason: Reason) -> LiveVerdict:
        """How it ended for the one that was followed."""
        return self._session.end(reason)

    def _take(self, view: View, sight: Sight, number: int) -> None:
        if number not in self._sessions:
            self._sessions[number] = self._begin()
        self._seen[number] = view.frame.at
        seen = Seen(view.frame, (sight.face,), 0, sight.reading, number, picked=True)
        verdict = self._sessions[number].add(seen).verdict
        if verdict is not None:
            self._names[number] = _name(verdict)

    def _forget(self, at: float) -> None:
        """Whom CrowdReader would not know again has no use for a verification, and each holds pictures."""
        for number in [one for one, seen in self._seen.items() if at - seen > REMEMBERED]:
            for kept in (self._sessions, self._names, self._seen):
                kept.pop(number, None)

    def _follow(self, view: View) -> int | None:
        """Which of the sights is followed; another one only when the first has gone, or another was picked."""
        numbers = [one.number for one in view.sights]
        wanted = self._followed if view.picked is None else view.picked
        if wanted is not None and wanted in numbers:
            at = numbers.index(wanted)
        elif self._followed is not None and view.frame.at - self._last < PATIENCE:
            return None
        else:
            known = [n for n, number in enumerate(numbers) if number is not None]
            at = max(known, key=lambda n: view.sights[n].face.width, default=-1)
        if at < 0:
            return None
        if numbers[at] != self._followed:
            self._followed = numbers[at]
            self._track += 1
        self._last = view.frame.at
        return at


def _name(verdict: LiveVerdict) -> str | None:
    """As LiveState.names has it."""
    if verdict.outcome is Outcome.SAME:
        return verdict.name
    return "" if verdict.outcome is Outcome.DIFFERENT else None
