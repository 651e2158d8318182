"""The values that flow through a batch, all frozen: how it is done, and what came of each line of the list."""

from __future__ import annotations

from msgspec import Struct

from siamgui.core.typed_json import Count, Hex64, Share
from siamgui.core.types import Outcome, Strictness


class How(Struct, frozen=True):
    """What results depend on beside the photographs; those of two different ones are never mixed.

    list: SHA-256 of the lines and of where their photographs are. model: SHA-256 of the model's files. encoder: its
    key. language: of the sentences.
    """

    list: Hex64
    model: Hex64
    encoder: str
    strictness: Strictness
    language: str


class Result(Struct, frozen=True):
    """One line of the list. The fields of a verdict are as in Verdict and PairClaim; None where there is none.

    line: its number in the list. left, right, same: as they stand there. left_face, right_face: numbers of the faces
    that were compared, from 1, of so many (left_faces, right_faces). shared_fault: the kind of fault that alone keeps
    the verdict from "same", "" where none does. claim: how rare such a likeness is, in words. reasons: why the verdict
    is inconclusive, what lowers trust in either face, and what there is to know of the files. error: why there is no
    verdict.
    """

    line: Count
    left: str
    right: str
    same: str = ""
    left_face: Count | None = None
    right_face: Count | None = None
    left_faces: Count | None = None
    right_faces: Count | None = None
    outcome: Outcome | None = None
    distance: float | None = None
    fmr: Share | None = None
    fmr_is_bound: bool | None = None
    fnmr: Share | None = None
    fnmr_is_bound: bool | None = None
    log10_lr: float | None = None
    adjusted_distance: float | None = None
    shared_fault: str = ""
    claim: str = ""
    reasons: tuple[str, ...] = ()
    error: str = ""
    strictness: Strictness = Strictness.BALANCED
    encoder: str = ""


COLUMNS = Result.__struct_fields__
