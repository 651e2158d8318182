"""One verification. Made on the GUI thread, and from then on touched by the inference thread only."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from siamgui.core.types import Strictness
from siamgui.gui.live.state import Target

if TYPE_CHECKING:
    from siamgui.core.calibration import Calibration
    from siamgui.live.session import Session
    from siamgui.live.types import LiveState, LiveVerdict, Reason, Seen


@dataclass(slots=True)
class Verification:
    """presence: whether the presence check is part of it."""

    target: Target
    calibration: Calibration
    strictness: Strictness
    presence: bool
    _session: Session | None = None

    def anew(self) -> Verification:
        """The same from the beginning."""
        return Verification(self.target, self.calibration, self.strictness, self.presence)

    def add(self, seen: Seen) -> LiveState:
        return self._live().add(seen)

    def end(self, reason: Reason) -> LiveVerdict:
        return self._live().end(reason)

    def _live(self) -> Session:
        if self._session is None:
            from siamgui.live.presence import PresenceCheck
            from siamgui.live.session import Session

            check = PresenceCheck(random.SystemRandom()) if self.presence else None
            target = self.target
            self._session = Session(
                target.subject, self.calibration, self.strictness, presence=check, person=target.person
            )
        return self._session
