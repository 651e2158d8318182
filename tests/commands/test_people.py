"""siamgui people, run as a person runs it: enrol, look, ask who it is, remove; and every kind of bad input."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from siamgui.cli import main
from siamgui.commands import people as command
from siamgui.commands.model_choice import engine_for
from siamgui.core.paths import LIBRARY, data_folder
from siamgui.core.pipeline import FaceEngine
from siamgui.core.source import SourceKind
from siamgui.core.types import Outcome, Strictness
from siamgui.live.types import LiveVerdict, Reason
from siamgui.storage.label_operations import AddFace
from siamgui.storage.people_store import PeopleStore
from siamgui.storage.store import Store
from siamgui.storage.verification_log import Asked, VerificationLog
from siamgui.versions.version_store import VersionStore
from tests.builders.databases import raw
from tests.builders.labels import photo, reading
from tests.builders.versions import result

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _one_engine(engine: FaceEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real engine, loaded once for all of these tests instead of once for each command."""
    monkeypatch.setattr(command, "engine_for", lambda _device, _model: engine)


@pytest.fixture
def photos(samples: Path, tmp_path: Path) -> Path:
    """Four photographs, one of two faces, a picture without a face, one far too dark, and a damaged file."""
    for name in ("obama1.jpg", "obama2.jpg", "obama3.jpg", "biden.jpg"):
        shutil.copy(samples / name, tmp_path / name)
    pixels = {name: np.asarray(Image.open(tmp_path / f"{name}.jpg").convert("RGB")) for name in ("obama1", "biden")}
    small = np.asarray(Image.fromarray(pixels["biden"]).resize((250, 250)))
    two = np.full((pixels["obama1"].shape[0], pixels["obama1"].shape[1] + 250, 3), 128, np.uint8)
    two[:, :-250] = pixels["obama1"]
    two[:250, -250:] = small
    Image.fromarray(two).save(tmp_path / "two.png")
    Image.fromarray((pixels["obama1"] * 0.03).astype(np.uint8)).save(tmp_path / "dark.png")
    Image.fromarray(np.full((200, 300, 3), 120, np.uint8)).save(tmp_path / "wall.png")
    (tmp_path / "cut.jpg").write_bytes((samples / "biden.jpg").read_bytes()[:2000])
    return tmp_path


def told(capsys: Capture, *arguments: object) -> str:
    """Standard output of a command that must succeed."""
    assert main(["people", *map(str, arguments)]) == 0
    return capsys.readouterr().out


def answer(capsys: Capture, *arguments: object) -> Any:
    return json.loads(told(capsys, *arguments, "--json"))


def refused(capsys: Capture, *arguments: object) -> str:
    """The one sentence of a command that must refuse."""
    code = main(["people", *map(str, arguments)])
    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert err.startswith("siamgui")
    return err


# -- a life ----------------------------------------------------------------------------------------------------------


def test_a_folder_of_photos(photos: Path, capsys: Capture) -> None:
    folder = photos / "barack"
    (folder / "@eaDir" / "obama1.jpg").mkdir(parents=True)
    (folder / "deeper").mkdir()
    shutil.copy(photos / "obama1.jpg", folder)
    shutil.copy(photos / "obama2.jpg", folder / "deeper")
    shutil.copy(photos / "biden.jpg", folder / "@eaDir" / "obama1.jpg")
    (folder / "Thumbs.db").touch()
    enrolled = answer(capsys, "enrol", "Barack", folder)
    assert (enrolled["person"]["photos"], enrolled["problems"], enrolled["skipped"]) == (2, [], 2)
    assert "1 hidden or system file or folder was skipped." in told(
        capsys, "add", "Barack", photos / "obama3.jpg", folder / "Thumbs.db"
    )
    (photos / "empty").mkdir()
    assert "no photos in “empty”" in refused(capsys, "enrol", "Joe", photos / "empty")


@pytest.fixture
def group(photos: Path) -> Path:
    """Joe at the left, Barack at the right and larger."""
    joe, barack = (Image.open(photos / name).convert("RGB") for name in ("biden.jpg", "obama3.jpg"))
    canvas = Image.new("RGB", (1100, 900), (120, 120, 120))
    canvas.paste(joe.resize((420, round(420 * joe.height / joe.width))), (10, 150))
    canvas.paste(barack.resize((600, round(600 * barack.height / barack.width))).crop((0, 0, 600, 880)), (480, 10))
    canvas.save(photos / "group.png")
    return photos / "group.png"


def test_a_face_is_chosen(photos: Path, group: Path, capsys: Capture) -> None:
    told(capsys, "enrol", "Barack", photos / "obama1.jpg")
    told(capsys, "enrol", "Joe", group, "--face", 1)
    for number, name in ((1, "Joe"), (2, "Barack")):
        who = answer(capsys, "who", group, "--face", number)
        assert (who["person"]["name"], who["face"], who["faces"]) == (name, number, 2)
        assert f"face {number} was used (--face chooses)" in told(capsys, "who", group, "--face", number)
    assert "shows 2 faces; the most prominent one was used." in told(capsys, "who", group)
    assert answer(capsys, "add", "Barack", group, "--face", 2)["unlike"] == []
    assert answer(capsys, "who", photos / "biden.jpg")["person"]["name"] == "Joe"


@pytest.mark.parametrize("number", [0, 3, -1, 99])
def test_a_face_that_is_not_there_is_refused(photos: Path, group: Path, capsys: Capture, number: int) -> None:
    told(capsys, "enrol", "Barack", photos / "obama1.jpg")
    for arguments in (("who", group), ("enrol", "Joe", group), ("add", "Barack", group)):
        assert "“group.png” has faces 1 to 2." in refused(capsys, *arguments, "--face", number)
    assert [person["photos"] for person in answer(capsys, "list")] == [1]


def test_from_enrolment_to_removal(photos: Path, capsys: Capture) -> None:
    assert "Nobody is enrolled yet" in told(capsys, "list")
    until = date.today() + timedelta(days=30)
    enrolled = answer(
        capsys, "enrol", "Barack", photos / "obama1.jpg", photos / "obama2.jpg", "--consent", "asked", "--until", until
    )
    assert enrolled["problems"] == enrolled["alike"] == enrolled["unlike"] == []
    assert enrolled["person"]["photos"] == 2
    told(capsys, "enrol", "Joe", photos / "biden.jpg")
    lines = told(capsys, "list").splitlines()
    assert lines == [f"#1  Barack  2 photos, kept until {until.isoformat()}", "#2  Joe  1 photo"]
    who = answer(capsys, "who", photos / "obama3.jpg", "--strictness", "strict")
    assert (who["outcome"], who["person"], who["enrolled"]) == ("same", {"id": 1, "name": "Barack"}, 2)
    assert who["fpir"] <= Strictness.STRICT.fmr
    assert told(capsys, "who", photos / "obama3.jpg").startswith("Supports: Barack\nAt most 1 in ")
    assert "“Barack” has 3 photos now." in told(capsys, "add", "barack", photos / "obama3.jpg")
    shown = answer(capsys, "show", "Barack")
    assert [one["name"] for one in shown["photos"]] == ["obama1.jpg", "obama2.jpg", "obama3.jpg"]
    assert not any(one["unlike"] for one in shown["photos"])
    with Store() as store:
        digest = store._opened().file.read("SELECT sha256 FROM person_photo WHERE id = ?", (shown["photos"][0]["id"],))
        store.do(AddFace(replace(photo(1), sha256=digest[0][0]), reading(photo(1)), 1, Path("/p/1.png"), None))
    gone = answer(capsys, "remove-photo", "Barack", shown["photos"][0]["id"])
    assert (gone["photos"], gone["labelled"], gone["pending"]) == (2, 1, False)
    assert "“Barack Obama”" in told(capsys, "rename", "#1", "Barack Obama")
    assert answer(capsys, "consent", "Barack Obama", "asked twice")["consent"] == "asked twice"
    assert answer(capsys, "retain", "1", "always")["retain_until"] is None
    text = told(capsys, "show", "1")
    assert "Consent: asked twice" in text
    assert "Last verified: never" in text
    assert answer(capsys, "remove", "Barack Obama", "--yes")["name"] == "Barack Obama"
    assert told(capsys, "who", photos / "obama3.jpg").startswith("Nobody enrolled\n")
    assert [person["name"] for person in answer(capsys, "list")] == ["Joe"]


def test_one_face_under_two_names_is_told(photos: Path, capsys: Capture) -> None:
    told(capsys, "enrol", "Barack", photos / "obama1.jpg")
    text = told(capsys, "enrol", "Barry", photos / "obama2.jpg")
    assert "“Barry” is enrolled." in text
    assert "⚠ “Barack”, who is enrolled too, looks much like “Barry”." in text
    who = told(capsys, "who", photos / "obama3.jpg")
    assert who.startswith("Inconclusive\nSeveral of the people enrolled")


def test_a_photo_of_somebody_else_is_told(photos: Path, capsys: Capture) -> None:
    enrolled = answer(capsys, "enrol", "Barack", *(photos / f"obama{n}.jpg" for n in (1, 2)), photos / "biden.jpg")
    assert enrolled["unlike"] == ["biden.jpg"]
    assert "biden.jpg  (does not look like the others)" in told(capsys, "show", "Barack")
    assert "⚠ “biden.jpg” does not look like" in told(capsys, "add", "Barack", photos / "obama3.jpg")


def test_photos_that_cannot_be_used_are_told_and_the_others_kept(photos: Path, capsys: Capture) -> None:
    names = ["two.png", "dark.png", "wall.png", "cut.jpg", "absent.jpg"]
    enrolled = answer(capsys, "enrol", "Barack", *(photos / name for name in names))
    assert enrolled["person"]["photos"] == 1
    assert [Path(problem["photo"]).name for problem in enrolled["problems"]] == names[1:]
    texts = [problem["text"] for problem in enrolled["problems"]]
    assert "dark" in texts[0]
    assert "No face was found in “wall.png”" in texts[1]
    assert "“two.png” shows 2 faces; the most prominent one was used." in told(
        capsys, "enrol", "Another", photos / "two.png"
    )


def test_re_embedding_forgets_what_other_versions_saw(photos: Path, capsys: Capture, engine: FaceEngine) -> None:
    with PeopleStore.open() as people:
        people.enrol("Old", "", None, [(photo(n), reading(photo(n))) for n in (1, 2)])
    assert answer(capsys, "re-embed") == {"read": 2, "encoder": engine.info.encoder}
    assert answer(capsys, "re-embed")["read"] == 0
    with PeopleStore.open() as people:
        assert people.gallery(engine.info.encoder).names == ("Old",)
        assert len(people.missing("test 1")) == 2


def test_a_trained_version_has_embeddings_of_its_own(
    photos: Path,
    capsys: Capture,
    finished_version: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    engine: FaceEngine,
) -> None:
    """Asked for by name, it reads the photographs itself; the active one keeps what it saw."""
    monkeypatch.setattr(command, "engine_for", engine_for)
    version = VersionStore().adopt(result(finished_version, tmp_path))
    told(capsys, "enrol", "Barack", photos / "obama1.jpg", photos / "obama2.jpg")
    who = answer(capsys, "who", photos / "obama3.jpg", "--model", "Poor camera")
    assert (who["outcome"], who["encoder"].split()[0]) == ("same", version.id)
    assert answer(capsys, "re-embed", "--model", "Poor camera")["read"] == 0
    with PeopleStore.open() as people:
        assert people.gallery(engine.info.encoder).names == people.gallery(who["encoder"]).names == ("Barack",)
    answer(capsys, "re-embed")
    with PeopleStore.open() as people:
        assert people.gallery(who["encoder"]).names == ()


def test_whoever_s_time_is_over_is_gone_before_anything_is_shown(photos: Path, capsys: Capture) -> None:
    told(capsys, "enrol", "Joe", photos / "biden.jpg", "--until", date.today())
    with raw() as db:
        db.execute("UPDATE person SET retain_until = ?", ((date.today() - timedelta(days=1)).isoformat(),))
    assert main(["people", "list"]) == 0
    out, err = capsys.readouterr()
    assert "Joe" not in out
    assert err == "The retention date of “Joe” has passed: removed.\n"


# -- the log ---------------------------------------------------------------------------------------------------------


def test_log(capsys: Capture, tmp_path: Path) -> None:
    assert told(capsys, "log") == "Nothing so far.\n"
    verdict = LiveVerdict(
        *(Outcome.DIFFERENT, Reason.BOUND, "passport.jpg", None, Strictness.BALANCED, 1.4, 0.62, False, -2.0, None),
        *(None, None, 2.5, 40, (), "mobilefacenet 1"),
    )
    with VerificationLog.open() as log:
        log.add(verdict, Asked.VERIFY, SourceKind.FILE, "MobileFaceNet 1")
    line = told(capsys, "log")
    assert line.endswith("passport.jpg  Supports: different people (FMR 62 %)  MobileFaceNet 1\n")
    assert answer(capsys, "log")[0]["outcome"] == "different"
    assert told(capsys, "log", "--csv", tmp_path / "log.csv") == "1 verification was written to “log.csv”.\n"
    assert b"passport.jpg" in (tmp_path / "log.csv").read_bytes()
    assert "can’t be written" in refused(capsys, "log", "--csv", tmp_path / "absent" / "log.csv")
    told(capsys, "log", "--keep", 30)
    with VerificationLog.open() as log:
        assert log.keep_days == 30
    told(capsys, "log", "--keep", 0)
    with VerificationLog.open() as log:
        assert (log.keep_days, log.count()) == (None, 1)
    assert "Add --yes" in refused(capsys, "clear-log")
    assert answer(capsys, "clear-log", "--yes") == {"removed": 1, "pending": False}
    assert answer(capsys, "log") == []


def test_log_of_who_it_was(capsys: Capture) -> None:
    for outcome, name in ((Outcome.SAME, "Ann"), (Outcome.DIFFERENT, "")):
        verdict = LiveVerdict(
            *(outcome, Reason.BOUND, name, None, Strictness.BALANCED, 0.7, None, False, None, None),
            *(None, None, 2.5, 40, (), "mobilefacenet 1"),
        )
        with VerificationLog.open() as log:
            log.add(verdict, Asked.IDENTIFY, SourceKind.FILE, "MobileFaceNet 1")
    nobody, ann = told(capsys, "log").splitlines()
    assert nobody.endswith("everybody enrolled  Nobody enrolled  MobileFaceNet 1")
    assert ann.endswith("everybody enrolled  Supports: Ann  MobileFaceNet 1")


# -- bad input -------------------------------------------------------------------------------------------------------


def test_bad_input_gives_one_sentence(photos: Path, capsys: Capture) -> None:
    biden, empty = photos / "biden.jpg", photos / "empty"
    empty.mkdir()
    assert "Nobody is enrolled yet" in refused(capsys, "who", biden)
    told(capsys, "enrol", "Joe", biden)
    for arguments, words in (
        (("enrol", "joe", biden), "“joe” is enrolled already"),
        (("enrol", "x" * 500, biden), "more than 100 characters"),
        (("enrol", " ", biden), "needs a name"),
        (("enrol", "Ann\x07", biden), "control characters"),
        (("enrol", "Ann", photos / "wall.png"), "No face was found"),
        (("enrol", "Ann", photos / "absent.jpg"), "“absent.jpg” was not found"),
        (("enrol", "Ann", photos / "dark.png"), "“dark.png” can’t be used to enrol"),
        (("enrol", "Ann", empty), "There are no photos in “empty”"),
        (("enrol", "Ann"), "required"),
        (("enrol", "Ann", biden, "--until", "2020-01-01"), "has passed"),
        (("enrol", "Ann", biden, "--until", "tomorrow"), "invalid date"),
        (("enrol", "Ann", biden, "--consent", "x" * 3000), "note is too long"),
        (("add", "Ann", biden), "Nobody called “Ann”"),
        (("show", "Ann"), "Nobody called “Ann”"),
        (("remove-photo", "Joe", "99"), "“Joe” has no photo 99"),
        (("remove-photo", "Joe", "1"), "the last photo of “Joe”"),
        (("rename", "Joe", ""), "needs a name"),
        (("remove", "Joe"), "Add --yes"),
        (("retain", "Joe", "never"), "invalid date"),
        (("who", photos / "cut.jpg"), "cut off or damaged"),
        (("log", "--keep", "-1"), "invalid int"),
        (("dance",), "invalid choice"),
    ):
        assert words in refused(capsys, *arguments), arguments
    assert [(person["name"], person["photos"]) for person in answer(capsys, "list")] == [("Joe", 1)]


def test_a_photo_too_poor_to_decide(photos: Path, capsys: Capture) -> None:
    told(capsys, "enrol", "Barack", photos / "obama1.jpg")
    who = told(capsys, "who", photos / "dark.png")
    assert who.startswith("Inconclusive\n")
    assert "⚠ “dark.png”:" in who


def test_a_foreign_file_is_left_alone(capsys: Capture) -> None:
    data_folder().mkdir()
    (data_folder() / LIBRARY).write_bytes(b"something else altogether" * 100)
    assert "“library.sqlite” is damaged" in refused(capsys, "list")
    assert (data_folder() / LIBRARY).read_bytes() == b"something else altogether" * 100


def test_neither_torch_nor_qt_is_loaded(samples: Path) -> None:
    code = (
        "import sys; from siamgui.cli import main\n"
        f"assert main(['people', 'enrol', 'Joe', {str(samples / 'biden.jpg')!r}, '--device', 'cpu']) == 0\n"
        "assert not {'torch', 'sklearn', 'matplotlib', 'PySide6'} & sys.modules.keys()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "“Joe” is enrolled.\n"), done.stderr
