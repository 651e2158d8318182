"""What the storage thread of the live page does. No other thread touches a Books."""

from __future__ import annotations

from siamgui.core.types import Pixels
from siamgui.gui.live.state import Enrolled, Kind, Target
from siamgui.live.values import LiveVerdict
from siamgui.storage.log import Kind as Asked
from siamgui.storage.log import Log, SourceKind
from siamgui.storage.people import People


class Books:
    """The people and the log. Any method may raise a LibraryError."""

    def __init__(self) -> None:
        self._people = People.open()
        try:
            self._log = Log.open()
        except BaseException:
            self._people.close()
            raise

    def close(self) -> None:
        self._people.close()
        self._log.close()

    def enrolled(self) -> tuple[Enrolled, ...]:
        """Everybody, by name."""
        return tuple(Enrolled(one.id, one.name, one.photos, one.last_verified) for one in self._people.list())

    def picture(self, person: int) -> Pixels:
        """(112, 112, 3) uint8 RGB: the face of the person's first photograph. Raises PersonUnknown."""
        self._people.find(person)
        return self._people.crop(self._people.photos(person)[0].id)

    def target(self, kind: Kind, person: int | None, encoder: str) -> Target:
        """Raises PersonUnknown, and what says that photographs have no embedding under the encoder yet."""
        if kind is Kind.PERSON and person is not None:
            reference = self._people.reference(person, encoder)
            return Target(kind, reference, reference.name, self.picture(person), person)
        return Target(kind, self._people.gallery(encoder), "", None)

    def keep(self, verdict: LiveVerdict, kind: Kind, source: SourceKind, encoder_name: str) -> None:
        """In the log."""
        self._log.add(verdict, Asked.IDENTIFY if kind is Kind.WHO else Asked.VERIFY, source, encoder_name)
