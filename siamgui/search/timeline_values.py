"""Who is in a film, and when: the values of its timeline."""

from __future__ import annotations

from dataclasses import dataclass

from siamgui.core.types import Outcome, Quality, Strictness
from siamgui.search.grouping_values import Bound
from siamgui.search.sights import worth
from siamgui.storage.seen_face import SeenFace


@dataclass(frozen=True, slots=True)
class Stretch:
    """Seconds of a film in which a face is in view: of the first and the last picture in which it was seen."""

    first: float
    last: float


@dataclass(frozen=True, slots=True)
class FilmLikeness:
    """Of a face of a film to the reference; the fields as of siamgui.search.values.Likeness.

    Of so many faces as were followed in the film. copy: the reference is this very picture of the film.
    """

    distance: float
    adjusted: float
    fmr: float
    fmr_is_bound: bool
    expected: float
    pair: Outcome
    outcome: Outcome
    forced: bool
    copy: bool


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """A face that was followed without losing it for long.

    seen: its best view, with the seconds in its span. picture: that view, head and shoulders, as
    siamgui.core.pictures.picture_of() makes it. likeness: None without a reference.
    """

    seen: SeenFace
    stretches: tuple[Stretch, ...]
    picture: bytes
    likeness: FilmLikeness | None = None

    @property
    def at(self) -> float:
        """Seconds of its best view."""
        return self.seen.span.at if self.seen.span is not None else self.stretches[0].first

    @property
    def quality(self) -> Quality:
        return self.seen.quality


@dataclass(frozen=True, slots=True, eq=False)
class FilmFace:
    """Somebody in a film. sights: those that are one person as far as the evidence carries, by time.

    unsure: whether some of them were joined by a likeness of which a tenth of the bound would not have done.
    """

    sights: tuple[Sight, ...]
    unsure: bool = False

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        return tuple(stretch for sight in self.sights for stretch in sight.stretches)

    @property
    def seconds(self) -> float:
        """In view, in all."""
        return sum(stretch.last - stretch.first for stretch in self.stretches)

    @property
    def best(self) -> Sight:
        """The one with the best view."""
        return max(self.sights, key=lambda one: (not one.quality.decisive, worth(one.quality)))

    @property
    def nearest(self) -> Sight:
        """The one that is nearest to the reference, and no copy of it where others are; the best one without any."""
        judged = [one for one in self.sights if one.likeness is not None and not one.likeness.copy] or self.sights
        return min(judged, key=_adjusted) if judged[0].likeness is not None else self.best

    @property
    def likeness(self) -> FilmLikeness | None:
        return self.nearest.likeness


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """name: of the film. seconds: how long it is, None if not known. read_to: seconds that were looked at.

    step: seconds from one picture that was looked at to the next. faces: by the time of their first stretch. bound: of
    wrong joins. reference: its name, "" without one. problem: a sentence where the film is damaged, else "".
    """

    name: str
    seconds: float | None
    read_to: float
    step: float
    faces: tuple[FilmFace, ...]
    bound: Bound
    reference: str
    strictness: Strictness
    encoder: str
    problem: str = ""

    @property
    def sights(self) -> int:
        """How many faces were followed: the N of all claims."""
        return sum(len(face.sights) for face in self.faces)


def _adjusted(sight: Sight) -> float:
    return sight.likeness.adjusted if sight.likeness is not None else 0.0
