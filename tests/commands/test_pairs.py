"""siamgui pairs, run as a person runs it: import, look, label, export, clear; and every kind of bad input."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from siamgui.cli import main
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import Label
from siamgui.evaluation.pairs import read_pairs
from siamgui.labelling.import_plan import ImportKind, ImportPlan, ImportRequest, make_plan
from siamgui.storage.label_import import Collected, collect, embed_missing, take_in
from siamgui.storage.label_store import LabelStore
from siamgui.storage.store import Store
from tests.builders.labels import fill

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _data(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIAMGUI_DATA", str(tmp_path_factory.mktemp("data")))


@pytest.fixture
def photos(samples: Path, tmp_path: Path) -> Path:
    """Four photographs, a picture without a face, and a damaged file."""
    for name in ("obama1.jpg", "obama2.jpg", "obama3.jpg", "biden.jpg"):
        shutil.copy(samples / name, tmp_path / name)
    Image.fromarray(np.full((200, 300, 3), 120, np.uint8)).save(tmp_path / "wall.png")
    (tmp_path / "cut.jpg").write_bytes((samples / "biden.jpg").read_bytes()[:2000])
    return tmp_path


GOOD = "left,right,same\nobama1.jpg,obama2.jpg,1\nobama1.jpg,biden.jpg,0\n"


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "pairs.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def told(capsys: Capture, *arguments: object) -> str:
    """Standard output of a command that must succeed."""
    assert main(["pairs", *map(str, arguments)]) == 0
    return capsys.readouterr().out


def answer(capsys: Capture, *arguments: object) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(told(capsys, *arguments, "--json"))
    return found


def refused(capsys: Capture, *arguments: object) -> str:
    """The one sentence of a command that must refuse."""
    code = main(["pairs", *map(str, arguments)])
    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert err.startswith("siamgui: ")
    return err


def labels() -> dict[tuple[str, str], Label]:
    with LabelStore.open() as library:
        names = {face.id: face.name for face in library.faces()}
        return {(names[label.left], names[label.right]): label.label for label in library.labels()}


# -- from a list -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        GOOD.encode(),
        b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode(),
        GOOD.replace(",", ";").replace(";1\n", ";same\n").replace(";0\n", ";Different\n").encode(),
        GOOD.replace("obama1.jpg", ".\\obama1.jpg").encode(),
    ],
    ids=["plain", "BOM and Windows line ends", "semicolons and words", "Windows paths"],
)
def test_import_of_a_list(capsys: Capture, photos: Path, text: bytes) -> None:
    found = answer(capsys, "import", write(photos, text))
    assert (found["photos"], found["new"], found["pairs"], found["new_pairs"]) == (3, 3, 2, 2)
    assert labels() == {("obama1.jpg", "obama2.jpg"): Label.SAME, ("obama1.jpg", "biden.jpg"): Label.DIFFERENT}


def test_relative_and_absolute_paths_from_another_folder(
    capsys: Capture, photos: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = GOOD.replace("obama2.jpg", str(photos / "obama2.jpg"))
    path = write(tmp_path_factory.mktemp("elsewhere"), text)
    assert "do not exist (2)" in refused(capsys, "import", path)
    assert answer(capsys, "import", path, "--images", photos)["new_pairs"] == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("obama1.jpg,obama2.jpg,1\n", "lacks the column left, right, same"),
        ("a,b,c\nobama1.jpg,obama2.jpg,1\n", "lacks the column left, right, same"),
        ("left,right\nobama1.jpg,obama2.jpg\n", "lacks the column same"),
        (GOOD + "obama1.jpg,gone.jpg,1\n", "“gone.jpg” on line 4"),
        (GOOD + "obama1.jpg,obama3.jpg,perhaps\n", "Line 4 of “pairs.csv” has the label “perhaps”"),
        (GOOD + "obama1.jpg,obama1.jpg,1\n", "Line 4 of “pairs.csv” pairs a photo with itself"),
        (GOOD + "obama1.jpg,x/../obama1.jpg,1\n", "Line 4 of “pairs.csv” pairs a photo with itself"),
        (GOOD + "obama1.jpg\n", "Line 4 of “pairs.csv” is incomplete"),
        ("", "lists no pairs"),
        (b"\x00\xff\xfe binary", "cannot be read as a table"),
        ("left,right,same\nwall.png,cut.jpg,1\n", "None of the photos can be used"),
    ],
)
def test_a_bad_list_is_one_sentence_and_loses_nothing(
    capsys: Capture, photos: Path, text: str | bytes, words: str
) -> None:
    answer(capsys, "import", write(photos, GOOD))
    before = labels()
    sentence = refused(capsys, "import", write(photos, text))
    assert words in sentence
    assert str(photos) not in sentence
    assert labels() == before


def test_photos_without_a_face_cost_only_their_own_pairs(capsys: Capture, photos: Path) -> None:
    path = write(photos, GOOD + "obama1.jpg,wall.png,1\ncut.jpg,biden.jpg,1\n")
    text = told(capsys, "import", path)
    assert "Photos: 5, of which 3 are new" in text
    assert "No face was found in “wall.png”" in text
    assert "“cut.jpg” is cut off or damaged" in text
    assert "2 pairs are left out: one of their photos cannot be used" in text
    assert len(labels()) == 2
    assert [problem["photo"] for problem in answer(capsys, "status")["problems"]] == ["wall.png", "cut.jpg"]
    # The file is replaced by a good one and imported again: the problem is gone.
    shutil.copy(photos / "obama3.jpg", photos / "cut.jpg")
    assert answer(capsys, "import", path)["new_pairs"] == 1
    assert [problem["photo"] for problem in answer(capsys, "status")["problems"]] == ["wall.png"]


def test_two_files_with_the_same_bytes_are_one_photo(capsys: Capture, photos: Path) -> None:
    shutil.copy(photos / "obama1.jpg", photos / "copy.jpg")
    path = write(photos, GOOD + "copy.jpg,obama1.jpg,1\ncopy.jpg,obama3.jpg,1\n")
    found = answer(capsys, "import", path)
    assert (found["new"], found["alike"], found["new_pairs"]) == (4, 1, 3)
    assert found["copies"] == [str(photos / "copy.jpg")]


def test_pairs_of_one_kind_are_kept_and_training_waits(capsys: Capture, photos: Path) -> None:
    told(capsys, "import", write(photos, GOOD.replace(",0\n", ",1\n")))
    assert "Training needs pairs of both kinds" in told(capsys, "check")
    assert answer(capsys, "check")["parts"] == {}


def test_a_list_does_not_overrule_the_desk(capsys: Capture, photos: Path) -> None:
    told(capsys, "label", photos / "obama1.jpg", photos / "obama2.jpg", "different")
    text = told(capsys, "import", write(photos, GOOD))
    assert "1 pair was labelled otherwise before; the older label stays." in text
    assert labels()["obama1.jpg", "obama2.jpg"] is Label.DIFFERENT
    # So does a list that says both.
    twice = write(photos, GOOD + "biden.jpg,obama1.jpg,1\n")
    assert answer(capsys, "import", twice)["disputed"] == 2
    assert labels()["obama1.jpg", "biden.jpg"] is Label.DIFFERENT


# -- from folders ----------------------------------------------------------------------------------------------------


@pytest.fixture
def people(photos: Path) -> Path:
    folder = photos / "people"
    for person, names in {"barack": ("obama1.jpg", "obama2.jpg", "obama3.jpg"), "joe": ("biden.jpg",)}.items():
        (folder / person).mkdir(parents=True)
        for name in names:
            shutil.copy(photos / name, folder / person / name)
    return folder


def test_a_folder_per_person(capsys: Capture, people: Path) -> None:
    found = answer(capsys, "import", people)
    assert (found["new"], found["new_pairs"]) == (4, 6)
    assert sorted(labels().values()) == [Label.DIFFERENT] * 3 + [Label.SAME] * 3
    status = answer(capsys, "status")
    assert (status["pairs"], status["people"], status["implied"]) == ({"same": 3, "different": 3, "unsure": 0}, 2, 0)
    assert status["recommended"] == "calibrate"
    assert "Every pair is answered" in told(capsys, "next")


def test_what_systems_leave_in_folders_is_skipped(capsys: Capture, people: Path) -> None:
    for name in ("@eaDir", "joe/.thumbnails", "#recycle"):
        (people / name).mkdir()
        shutil.copy(people / "joe" / "biden.jpg", people / name / "a.jpg")
    found = answer(capsys, "import", people)
    assert (found["new"], found["new_pairs"], found["disputed"], found["skipped"]) == (4, 6, 0, 3)
    assert "3 hidden or system files and folders were skipped." in told(capsys, "import", people)
    # As a pattern of the shell gives them: two of them are named, one lies deeper.
    assert answer(capsys, "import", *sorted(people.iterdir()))["skipped"] == 3


def test_one_person_only(capsys: Capture, people: Path) -> None:
    shutil.rmtree(people / "joe")
    (people / "joe").mkdir()
    with pytest.raises(Exception, match="one folder per person"):
        make_plan(ImportRequest((people,), ImportKind.PEOPLE))
    # As loose photographs they are welcome.
    assert answer(capsys, "import", people, "--unsorted")["new"] == 3


def test_no_photos(capsys: Capture, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "There are no photos in “empty”" in refused(capsys, "import", tmp_path / "empty")
    assert "There is no file “gone.csv”" in refused(capsys, "import", tmp_path / "gone.csv")


# -- unsorted photographs, labelled on the command line ---------------------------------------------------------------


def test_from_loose_photos_to_a_list_and_back(capsys: Capture, photos: Path) -> None:
    told(capsys, "import", *(photos / name for name in ("obama1.jpg", "obama2.jpg", "biden.jpg")))
    assert labels() == {}
    asked = []
    while (pair := answer(capsys, "next"))["left"]:
        asked.append((pair["left"], pair["right"]))
        both = {Path(pair[side]).name[:5] for side in ("left", "right")}
        told(capsys, "label", pair["left"], pair["right"], "same" if len(both) == 1 else "different")
    # One "same" and one "different" answer all three pairs; at worst both "different" were asked first.
    assert 2 <= len(asked) <= 3
    assert answer(capsys, "status")["implied"] == 3 - len(asked)
    before = labels()

    out = photos / "out.csv"
    assert answer(capsys, "export", out) == {"written": len(asked), "left_out": 0}
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["left"] for row in rows} | {row["right"] for row in rows} <= {path.name for path in photos.iterdir()}
    assert len(read_pairs(out).pairs) == len(asked)

    assert "--yes" in refused(capsys, "clear")
    assert labels() == before
    told(capsys, "clear", "--yes")
    assert answer(capsys, "status")["photos"] == 0
    told(capsys, "import", out)
    assert {frozenset(pair): label for pair, label in labels().items()} == {
        frozenset(pair): label for pair, label in before.items()
    }


def test_contradictions_and_doubts_are_shown_and_resolved(capsys: Capture, photos: Path) -> None:
    a, b, c = (photos / name for name in ("obama1.jpg", "obama2.jpg", "biden.jpg"))
    told(capsys, "label", a, b, "same")
    told(capsys, "label", b, c, "same")  # a slip
    assert "1 label contradicts others" in told(capsys, "label", a, c, "different")
    found = answer(capsys, "check")
    assert found["contradictions"] == [{"different": [str(a), str(c)], "chain": [str(a), str(b), str(c)]}]
    assert [(doubt["pair"], doubt["label"]) for doubt in found["doubtful"]] == [([str(b), str(c)], "same")]
    text = told(capsys, "check")
    assert f"Contradiction: {a} ≠ {c}, but {a} = {b} = {c}" in text
    assert f"Labelled the same person, but look unalike: {b} and {c}" in text
    told(capsys, "label", b, c, "nothing")
    assert answer(capsys, "status")["contradictions"] == 0


def test_label_refuses_what_is_no_pair(capsys: Capture, photos: Path) -> None:
    shutil.copy(photos / "biden.jpg", photos / "copy.jpg")
    assert "one and the same photo" in refused(capsys, "label", photos / "biden.jpg", photos / "copy.jpg", "same")
    assert "“wall.png”" in refused(capsys, "label", photos / "biden.jpg", photos / "wall.png", "same")


def test_export_leaves_out_what_a_list_cannot_hold(capsys: Capture, tmp_path: Path) -> None:
    with LabelStore.open() as library:
        ids = [face.id for face in fill(library, 3)]  # from the clipboard: no path
        library.set_label(ids[0], ids[1], Label.SAME, "compare")
    assert "1 pair is left out" in told(capsys, "export", tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text() == "left,right,same\n"
    sentence = refused(capsys, "export", tmp_path / "no" / "out.csv")
    assert "“out.csv” can’t be written" in sentence


# -- reading photographs ---------------------------------------------------------------------------------------------


def quiet(_done: int, _total: int) -> None:
    pass


def test_an_import_that_was_cut_off_goes_on(engine: FaceEngine, photos: Path) -> None:
    paths = [photos / name for name in ("obama1.jpg", "obama2.jpg", "biden.jpg")]

    def interrupt(done: int, _total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with Store() as store, LabelStore.open() as library:
        with pytest.raises(KeyboardInterrupt):
            collect(engine, store, paths, [None] * 3, 2, interrupt)
        assert len(library.faces()) == 2
        # What is known by its bytes is not decoded again: the engine would refuse what is left of the first file.
        found = collect(engine, store, paths, [None] * 3, 2, quiet)
        assert (found.new, list(found.faces)) == (1, paths)
        # The person is filled in when a folder names it later.
        collect(engine, store, paths, ["barack", "barack", "joe"], 2, quiet)
        assert [face.person for face in library.faces()] == ["barack", "barack", "joe"]


def test_embeddings_of_another_encoder_are_made_from_the_kept_crops(engine: FaceEngine, photos: Path) -> None:
    with Store() as store, LabelStore.open() as library:
        collect(engine, store, [photos / "obama1.jpg"], [None], 1, quiet)
        face = library.faces()[0].id
        expected = library.vectors(engine.info.encoder, [face])
        (photos / "obama1.jpg").unlink()
        library.put_vectors(engine.info.encoder, [], np.empty((0, 192), np.float32))
        fill(library, 2)
        steps: list[tuple[int, int]] = []
        embed_missing(engine, store, lambda *step: steps.append(step))
        assert steps == [(2, 2)]
        vectors = library.vectors(engine.info.encoder, [face.id for face in library.faces()])
        assert np.array_equal(vectors[:1], expected)
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_ten_thousand_pairs(tmp_path: Path) -> None:
    """A list of 10,000 pairs of 200 photographs, as far as it concerns the list and the library."""
    names = [tmp_path / f"{number}.png" for number in range(200)]
    for name in names:
        name.touch()
    rng = np.random.default_rng(0)
    drawn = {tuple(sorted(rng.choice(200, 2, replace=False).tolist())) for _ in range(20_000)}
    rows = [f"{a}.png,{b}.png,{int(a % 40 == b % 40)}" for a, b in sorted(drawn)[:10_000]]
    path = write(tmp_path, "left,right,same\n" + "\n".join(rows))
    plan = make_plan(ImportRequest((path,), ImportKind.ANY))
    assert isinstance(plan, ImportPlan)
    assert len(plan.pairs) == len(rows)
    with LabelStore.open() as library:
        faces = dict(zip(plan.photos, fill(library, len(plan.photos)), strict=True))
        taken = take_in(library, plan, Collected(faces, 200, (), ()))
        assert taken.pairs == len(rows)
        assert len(library.labels()) == len(rows)
        pairs = library.pair_set()
        assert len(pairs.left) == len(rows) == 10_000
        assert library.graph().contradictions() == ()


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_kill_9_in_the_middle_of_an_import(photos: Path, capsys: Capture) -> None:
    for number in range(24):  # other bytes, the same picture
        data = (photos / "biden.jpg").read_bytes()
        (photos / f"more{number:02}.jpg").write_bytes(data + bytes([number]))
    rows = "".join(f"obama1.jpg,more{number:02}.jpg,0\n" for number in range(24))
    path = write(photos, GOOD + rows)
    with subprocess.Popen([sys.executable, "-m", "siamgui", "pairs", "import", str(path), "--device", "cpu"]) as child:
        while child.poll() is None:
            with LabelStore.open() as library:
                if len(library.faces()) > 3:
                    break
        child.send_signal(signal.SIGKILL)
        assert child.wait(10) == -signal.SIGKILL
    with LabelStore.open() as library:
        read = len(library.faces())
        assert read > 3
        assert library.labels() == ()
    found = answer(capsys, "import", path)
    assert found["new"] == 27 - read
    assert found["new_pairs"] == 26
