"""The library: what is kept, what undo and a second import do to it, and what never may be lost."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from pathlib import Path

import apsw
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from siamgui.core.imaging import load_photo
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import Label, Photo
from siamgui.labelling.types import PairSet
from siamgui.storage.database import WrongThread
from siamgui.storage.label_store import LabelStore
from tests.builders.databases import heard
from tests.builders.labels import ENCODER, fill, photo, reading


@pytest.fixture
def library(tmp_path: Path) -> Iterator[LabelStore]:
    with LabelStore.open(tmp_path / "deep" / "library.sqlite") as opened:
        yield opened


def again(library: LabelStore, tmp_path: Path) -> LabelStore:
    library.close()
    return LabelStore.open(tmp_path / "deep" / "library.sqlite")


def test_the_place_is_that_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIAMGUI_DATA", str(tmp_path / "here"))
    LabelStore.open().close()
    assert (tmp_path / "here" / "library.sqlite").is_file()


def test_a_real_face_comes_back_as_it_was(
    library: LabelStore, engine: FaceEngine, samples: Path, tmp_path: Path
) -> None:
    path = samples / "obama1.jpg"
    taken = load_photo(path)
    found = engine.find_faces(taken)
    read = engine.read_face(taken, found.faces[0])
    face = library.add_face(taken, read, 1, path, "barack")
    assert (face.name, face.path, face.person, face.good) == ("obama1.jpg", str(path), "barack", True)
    with again(library, tmp_path) as later:
        assert later.faces() == (face,)
        assert later.face_of(taken.sha256) == face
        assert np.array_equal(later.crop(face.id), read.crop)
        assert np.array_equal(later.vectors(engine.info.encoder, [face.id])[0], read.embedding.vector)
        picture = load_picture(later.picture(face.id))
        # It shows the face: the engine finds the same person in it.
        seen = engine.read_photo(picture).reading
        assert np.linalg.norm(seen.embedding.vector - read.embedding.vector) < 0.6
        assert max(picture.width, picture.height) == 384


def load_picture(data: bytes) -> Photo:
    with Image.open(io.BytesIO(data)) as image:
        assert image.format == "JPEG"
        return Photo(np.asarray(image), "", "picture")


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_the_picture_stands_upright(library: LabelStore, engine: FaceEngine, samples: Path, quarters: int) -> None:
    taken = load_photo(samples / "biden.jpg")
    turned = Photo(np.ascontiguousarray(np.rot90(taken.pixels, quarters)), f"turned {quarters}", "turned.jpg")
    face = library.add_face(turned, engine.read_photo(turned).reading, 1)
    eyes_and_mouth = engine.find_faces(load_picture(library.picture(face.id))).faces[0].landmarks
    assert eyes_and_mouth[0][0] < eyes_and_mouth[1][0]
    assert eyes_and_mouth[:2, 1].max() < eyes_and_mouth[3:, 1].min()


def test_the_same_bytes_again_are_the_old_face(library: LabelStore, tmp_path: Path) -> None:
    one = photo(1)
    face = library.add_face(one, reading(one), 2)
    later = library.add_face(one, reading(one), 2, tmp_path / "1.png", "ann")
    assert later.id == face.id
    assert (later.path, later.person) == (str(tmp_path / "1.png"), "ann")
    # Neither is overwritten by a third time.
    assert library.add_face(one, reading(one), 2, tmp_path / "copy.png", "bob") == later
    assert len(library.faces()) == 1


def test_another_face_of_the_same_photograph_is_another(library: LabelStore) -> None:
    group = photo(1)
    second = library.add_face(group, reading(group, at=60), 2, prominent=False)
    assert library.face_of(group.sha256) is None
    first = library.add_face(group, reading(group), 2)
    assert first.id != second.id
    assert library.face_of(group.sha256) == first


def test_embeddings_of_two_encoders_do_not_meet(library: LabelStore) -> None:
    ids = [face.id for face in fill(library, 3)]
    other = np.eye(3, 8, dtype=np.float32)
    library.put_vectors("other 2", ids[:2], other[:2])
    assert library.vectors(ENCODER, ids).shape == (3, 16)
    assert np.array_equal(library.vectors("other 2", ids[::-1])[1:], other[1::-1])
    assert np.isnan(library.vectors("other 2", ids)[2]).all()
    assert np.isnan(library.vectors("none", ids)).all()


def test_a_problem_goes_away_once_the_photo_is_read(library: LabelStore, tmp_path: Path) -> None:
    library.add_problem("1.png", None, "old", tmp_path / "1.png")
    library.add_problem("1.png", None, "cut off", tmp_path / "1.png")
    library.add_problem("1.png", None, "elsewhere", tmp_path / "b" / "1.png")
    assert [problem.text for problem in library.problems()] == ["cut off", "elsewhere"]
    one = photo(1)
    library.add_face(one, reading(one), 1, tmp_path / "1.png")
    assert [problem.text for problem in library.problems()] == ["elsewhere"]


def test_labels(library: LabelStore, tmp_path: Path) -> None:
    a, b, c = (face.id for face in fill(library, 3))
    assert library.set_label(b, a, Label.SAME, "desk") is None
    before = library.set_label(a, b, Label.UNSURE, "compare")
    assert before is not None
    assert (before.left, before.right, before.label, before.source) == (a, b, Label.SAME, "desk")
    library.set_label(c, b, Label.DIFFERENT, "desk")
    with again(library, tmp_path) as later:
        assert [(label.left, label.right, label.label) for label in later.labels()] == [
            (a, b, Label.UNSURE),
            (b, c, Label.DIFFERENT),
        ]
        later.remove_label(c, b)
        assert len(later.labels()) == 1
        with pytest.raises(ValueError, match="itself"):
            later.set_label(a, a, Label.SAME, "desk")


def test_an_import_does_not_overrule_what_was_said(library: LabelStore) -> None:
    a, b, c, d = (face.id for face in fill(library, 4))
    library.set_label(a, b, Label.SAME, "desk")
    library.set_label(a, c, Label.UNSURE, "desk")
    many = [(b, a, Label.DIFFERENT), (a, c, Label.DIFFERENT), (c, d, Label.SAME), (d, c, Label.DIFFERENT)]
    kept = library.set_labels(many, "csv")
    assert [(label.left, label.right, label.label, label.source) for label in kept] == [(a, b, Label.SAME, "desk")]
    said = {(label.left, label.right): (label.label, label.source) for label in library.labels()}
    assert said == {
        (a, b): (Label.SAME, "desk"),
        (a, c): (Label.DIFFERENT, "csv"),
        (c, d): (Label.SAME, "csv"),
    }


def test_many_labels_are_all_or_nothing(library: LabelStore) -> None:
    a, b, c = (face.id for face in fill(library, 3))
    with pytest.raises(ValueError, match="itself"):
        library.set_labels([(a, b, Label.SAME), (c, c, Label.SAME)], "csv")
    with pytest.raises(apsw.ConstraintError):  # no such face: a bug of ours, not of the disk
        library.set_labels([(a, b, Label.SAME), (a, 99, Label.SAME)], "csv")
    assert library.labels() == ()


def test_undo_puts_labels_and_faces_back(library: LabelStore) -> None:
    a, b, c = (face.id for face in fill(library, 3))
    library.set_label(a, b, Label.SAME, "desk")
    stood = library.labels()
    before = {
        (a, b): library.set_label(a, b, Label.DIFFERENT, "desk"),
        (a, c): library.set_label(a, c, Label.SAME, "x"),
    }
    library.put_back(before, [c])
    assert library.labels() == stood
    assert [face.id for face in library.faces()] == [a, b]
    with pytest.raises(KeyError):
        library.crop(c)


@pytest.mark.usefixtures("unencrypted")
def test_clear_forgets_all_but_the_notes_and_leaves_no_pixels(library: LabelStore, tmp_path: Path) -> None:
    ((pages,),), ((size,),) = library._read("PRAGMA page_count"), library._read("PRAGMA page_size")
    faces = fill(library, 20)
    crop = library.crop(faces[3].id).tobytes()
    library.set_label(faces[0].id, faces[1].id, Label.SAME, "desk")
    library.add_problem("x", None, "y")
    library.put("step", {"at": 2, "name": "李"})
    library.clear()
    assert (library.faces(), library.labels(), library.problems()) == ((), (), ())
    assert library.get("step") == {"at": 2, "name": "李"}
    assert library.get("other", 5) == 5
    for file in (tmp_path / "deep").iterdir():
        assert crop[:4000] not in file.read_bytes()
        assert file.stat().st_size <= pages * size  # no more than when there was nothing
    # An id is never used twice: what was noted about an old face is not about a new one.
    assert fill(library, 1)[0].id > faces[-1].id


def test_only_the_thread_that_opened_it(library: LabelStore) -> None:
    errors: list[Exception] = []

    def use() -> None:
        try:
            library.faces()
        except WrongThread as error:
            errors.append(error)

    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    assert len(errors) == 1


def test_two_libraries_see_each_others_changes(library: LabelStore, tmp_path: Path) -> None:
    with LabelStore.open(tmp_path / "deep" / "library.sqlite") as second:
        face = fill(second, 1)[0]
        assert library.faces() == (face,)
        library.put("x", 1)
        assert second.get("x") == 1


# -- the snapshot for training ---------------------------------------------------------------------------------------


def check_pair_set(pairs: PairSet) -> None:
    n, m = len(pairs.crops), len(pairs.left)
    assert pairs.crops.shape == (n, 112, 112, 3)
    assert len(pairs.names) == len(pairs.good) == len(pairs.person) == n
    assert len(pairs.right) == len(pairs.same) == m
    assert (pairs.left != pairs.right).all()
    assert set(pairs.left) | set(pairs.right) == set(range(n))
    # A pair within one person is "same", one of two persons is "different": no label contradicts the persons.
    assert np.array_equal(pairs.person[pairs.left] == pairs.person[pairs.right], pairs.same)


def test_pair_set(library: LabelStore) -> None:
    faces = fill(library, 6)
    a, b, c, d, e, _ = (face.id for face in faces)
    poor = photo(77)
    f = library.add_face(poor, reading(poor, good=False), 1).id
    for left, right, label in (
        (a, b, Label.SAME),
        (b, c, Label.SAME),
        (a, c, Label.DIFFERENT),  # contradicts the two above
        (c, d, Label.DIFFERENT),
        (d, e, Label.UNSURE),
        (d, f, Label.SAME),
    ):
        library.set_label(left, right, label, "desk")
    pairs = library.pair_set()
    check_pair_set(pairs)
    assert pairs.names == (*(face.name for face in faces[:4]), "77.png")
    assert pairs.person.tolist() == [0, 0, 0, 1, 1]
    assert pairs.good.tolist() == [True, True, True, True, False]
    assert list(zip(pairs.left.tolist(), pairs.right.tolist(), pairs.same.tolist(), strict=True)) == [
        (0, 1, True),
        (1, 2, True),
        (2, 3, False),
        (3, 4, True),
    ]
    assert np.array_equal(pairs.crops[4], library.crop(f))
    assert not pairs.people_known


def test_people_are_known_when_every_face_has_a_folder(library: LabelStore) -> None:
    ids = [face.id for face in fill(library, 5, ("ann", "ann", "bob", "bob"))]
    library.set_labels([(ids[0], ids[1], Label.SAME), (ids[1], ids[2], Label.DIFFERENT)], "folder")
    pairs = library.pair_set()
    assert pairs.people_known
    assert pairs.person.tolist() == [0, 0, 1]
    library.set_label(ids[2], ids[4], Label.DIFFERENT, "desk")
    assert not library.pair_set().people_known


def test_the_pair_set_is_of_one_moment(library: LabelStore, tmp_path: Path) -> None:
    ids = [face.id for face in fill(library, 4)]
    library.set_label(ids[0], ids[1], Label.SAME, "desk")
    library.set_label(ids[2], ids[3], Label.DIFFERENT, "desk")
    with LabelStore.open(tmp_path / "deep" / "library.sqlite") as second:

        def forget(statement: str) -> None:
            if statement.startswith("SELECT crop"):
                second.put_back({}, ids)

        with heard(library._db, forget):
            pairs = library.pair_set()
    assert len(pairs.crops) == 4
    check_pair_set(pairs)
    assert library.faces() == ()


def test_pair_set_of_nothing(library: LabelStore) -> None:
    pairs = library.pair_set()
    assert (pairs.genuine, pairs.impostor, pairs.people, pairs.people_known) == (0, 0, 0, False)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7), st.sampled_from([*Label, None])), max_size=30),
    st.lists(st.sampled_from([None, "ann", "bob"]), min_size=8, max_size=8),
)
def test_the_last_word_counts(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, int, Label | None]], persons: list[str | None]
) -> None:
    """Any sequence of labels and of labels taken back, against a dict."""
    with LabelStore.open(tmp_path_factory.mktemp("any") / "library.sqlite") as library:
        ids = [face.id for face in fill(library, 8, tuple(persons))]
        model: dict[tuple[int, int], Label] = {}
        for left, right, label in steps:
            if left == right:
                continue
            pair = ids[min(left, right)], ids[max(left, right)]
            if label is None:
                library.remove_label(ids[left], ids[right])
                model.pop(pair, None)
            else:
                before = library.set_label(ids[left], ids[right], label, "desk")
                assert (before and before.label) == model.get(pair)
                model[pair] = label
        assert {(label.left, label.right): label.label for label in library.labels()} == model
        check_pair_set(library.pair_set())
