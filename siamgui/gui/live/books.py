"""What the storage thread of the live page does. No other thread touches a Books."""

from __future__ import annotations

from datetime import date

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark, trn
from siamgui.core.types import Pixels
from siamgui.gui.live.state import Enrolled, ReferenceKind, Target
from siamgui.live.types import LiveVerdict
from siamgui.storage.people_store import PeopleStore
from siamgui.storage.verification_log import Asked, SourceKind, VerificationLog


class NobodyRead(SiamguiError):
    text = mark("The model has not read the photos of the people enrolled yet. Open the page People and wait for it.")


class Books:
    """The people and the log. Any method may raise a LibraryError."""

    def __init__(self) -> None:
        self._people = PeopleStore.open()
        try:
            self._log = VerificationLog.open()
        except BaseException:
            self._people.close()
            raise

    def close(self) -> None:
        self._people.close()
        self._log.close()

    def enrolled(self) -> tuple[tuple[Enrolled, ...], tuple[str, ...]]:
        """Everybody, by name; and the names of those whom the retention date has just removed."""
        today = date.today()
        expired = self._people.expire(today)
        self._log.expire(today)
        return tuple(Enrolled(one.id, one.name, one.photos, one.last_verified) for one in self._people.list()), expired

    def picture(self, person: int) -> Pixels:
        """(112, 112, 3) uint8 RGB: the face of the person's first photograph. Raises PersonUnknown."""
        self._people.find(person)
        return self._people.crop(self._people.photos(person)[0].id)

    def target(self, kind: ReferenceKind, person: int | None, encoder: str) -> Target:
        """Raises PersonUnknown; NotReadYet and NobodyRead where the encoder has yet to read the photographs."""
        if kind is ReferenceKind.PERSON and person is not None:
            reference = self._people.reference(person, encoder)
            return Target(kind, reference, reference.name, self.picture(person), person)
        gallery = self._people.gallery(encoder)
        left_out = len(self._people.list()) - len(gallery)
        if not len(gallery):
            raise NobodyRead
        words = trn(
            "{n} person is left out: the model has not read all of the photos yet.",
            "{n} people are left out: the model has not read all of their photos yet.",
            left_out,
        )
        return Target(kind, gallery, "", None, advice=(words,) if left_out else ())

    def keep(self, verdict: LiveVerdict, kind: ReferenceKind, source: SourceKind, encoder_name: str) -> None:
        """In the log."""
        self._log.add(verdict, Asked.IDENTIFY if kind is ReferenceKind.WHO else Asked.VERIFY, source, encoder_name)
