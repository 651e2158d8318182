"""What is said at the labelling desk and what an import brings, and that either can be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from siamgui.core.types import Label
from siamgui.labelling.import_plan import ImportPlan
from siamgui.storage.label_import import Collected
from siamgui.storage.label_operations import ReadLabels, SetLabel
from siamgui.storage.label_store import StoredFace
from siamgui.storage.labelling_session import (
    AnswerPair,
    ClearSession,
    DeskMode,
    FindForImport,
    FinishImport,
    ImportFace,
    LabellingSession,
    PairOfOneFace,
    ShowDesk,
    TakeBack,
    TellPair,
)
from siamgui.storage.labelling_view import ViewLabels
from siamgui.storage.store import Store
from tests.builders.labels import ENCODER, photo, reading

SAME, DIFFERENT = Label.SAME, Label.DIFFERENT


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "library.sqlite") as store:
        yield store


class Window:
    """One session at a store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.session = LabellingSession()

    def read(self, number: int, person: str | None = None) -> StoredFace:
        """A photograph of an import, as it is brought in by the window."""
        shown = photo(number)
        face = self.store.do(FindForImport(self.session, shown.sha256, person, ENCODER))
        path = Path(f"/photos/{number}.png")
        return face or self.store.do(ImportFace(self.session, shown, reading(shown), 1, path, person))

    def finish(self, *said: tuple[StoredFace, StoredFace, Label]) -> None:
        photos = tuple(dict.fromkeys(face for left, right, _ in said for face in (left, right)))
        paths = [Path(str(face.id)) for face in photos]
        pairs = tuple((photos.index(left), photos.index(right), label) for left, right, label in said)
        plan = ImportPlan("list.csv", tuple(paths), (None,) * len(paths), pairs, "csv")
        found = Collected(dict(zip(paths, photos, strict=True)), 0, (), ())
        self.store.do(FinishImport(self.session, plan, found))

    def tell(self, left: int, right: int, label: Label) -> None:
        photos = tuple((photo(n), reading(photo(n)), 1, True) for n in (left, right))
        self.store.do(TellPair(self.session, photos, label))

    def said(self) -> dict[tuple[int, int], Label]:
        return {(one.left, one.right): one.label for one in self.store.do(ReadLabels()).labels}

    def undo(self) -> str:
        return self.store.do(ViewLabels(self.session, None))[0].undo


def test_a_pair_is_taken_back_while_an_import_finds_its_photos(store: Store) -> None:
    window = Window(store)
    window.tell(1, 2, SAME)
    one, two = window.read(1), window.read(2)
    store.do(TakeBack(window.session, "compare"))
    assert window.said() == {}
    window.finish((one, two, DIFFERENT))
    assert window.said() == {(one.id, two.id): DIFFERENT}
    assert window.undo() == "import"
    store.do(TakeBack(window.session))
    assert window.said() == {}
    assert store.do(ReadLabels()).faces == {}


def test_photos_that_another_process_removes_during_an_import(store: Store) -> None:
    window = Window(store)
    one, two, three = (window.read(number) for number in (1, 2, 3))
    store.do(ClearSession(LabellingSession()))  # as the command line does
    three = window.read(3)
    window.finish((one, two, SAME), (one, three, DIFFERENT))
    assert window.said() == {}
    assert set(store.do(ReadLabels()).faces) == {three.id}


def test_an_answer_that_others_have_overtaken_can_still_be_taken_back(store: Store) -> None:
    window = Window(store)
    faces = [window.read(number) for number in range(3)]
    window.finish()
    pair = faces[0].id, faces[1].id
    store.do(AnswerPair(window.session, pair, SAME))
    store.do(SetLabel(*pair, DIFFERENT, "desk"))
    store.do(AnswerPair(window.session, pair, SAME))
    store.do(TakeBack(window.session))
    assert window.said() == {pair: DIFFERENT}
    store.do(ClearSession(LabellingSession()))
    assert window.undo() == ""
    store.do(TakeBack(window.session))
    assert window.said() == {}


def test_a_contradiction_comes_to_the_desk_and_leaves_it(store: Store) -> None:
    window = Window(store)
    a, b, c = (window.read(number).id for number in range(3))
    window.finish()
    for pair, label in (((a, b), SAME), ((b, c), SAME), ((a, c), DIFFERENT)):
        store.do(AnswerPair(window.session, pair, label))
    summary, user = store.do(ViewLabels(window.session, None))
    assert user.mode is DeskMode.RESOLVE
    assert [card.pair for card in user.contradiction] == [(a, c), (a, b), (b, c)]
    assert len(summary.contradictions) == 1
    store.do(AnswerPair(window.session, (a, c), SAME))
    assert store.do(ViewLabels(window.session, None))[1].mode is DeskMode.ASK
    store.do(ShowDesk(window.session, DeskMode.LOOK))
    assert store.do(ViewLabels(window.session, None))[1].mode is DeskMode.ASK  # nothing is doubted


def test_a_face_with_itself_is_no_pair(store: Store) -> None:
    window = Window(store)
    with pytest.raises(PairOfOneFace):
        window.tell(1, 1, SAME)
    assert store.do(ReadLabels()).faces == {}
    assert window.undo() == ""
