"""What a process is killed in the midst of, and what must hold of what it leaves."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from pathlib import Path

from siamgui.core.folder_use import LOCK
from siamgui.core.manifest import bundled_encoder, read_manifest
from siamgui.core.paths import TEMPORARY, TRAINING, VERSIONS, data_folder
from siamgui.core.private import private_folder
from siamgui.core.temporary import FRESH
from siamgui.core.types import Label
from siamgui.finetuning.job import Job
from siamgui.finetuning.methods import METHODS
from siamgui.finetuning.run_files import CHECKPOINTS, vault_files
from siamgui.finetuning.split import split_pairs
from siamgui.storage import backup_file
from siamgui.storage.backup import back_up
from siamgui.storage.checking import check
from siamgui.storage.database import Database
from siamgui.storage.label_operations import AddFace, ReadLabels, SetLabel
from siamgui.storage.people_operations import EnrolPerson, ListPeople, RemovePerson, TakeAway
from siamgui.storage.repairing import repair
from siamgui.storage.restoring import restore
from siamgui.storage.steps import Steps
from siamgui.storage.store import Store
from siamgui.storage.tidying import TidyUp
from siamgui.vault import vault
from siamgui.vault.errors import PassphraseWrong
from siamgui.vault.passphrase import Cost
from siamgui.vault.vault import KeySource, vault_of
from siamgui.versions.kept_files import by_vault, write_file
from siamgui.versions.method import Method
from siamgui.versions.seal import made_key
from siamgui.versions.version_store import VersionStore
from tests.builders.databases import raw
from tests.builders.labels import photo, reading
from tests.builders.old_library import FACES, old_library
from tests.builders.people import shots
from tests.faults import searched, training
from tests.faults.processes import Say

PHOTOS = 2  # of each person
BACKUP, CODE, SECRET = "kept.siamgui-backup", "code.txt", "secret.txt"


@dataclass(frozen=True, slots=True)
class Act:
    """prepare: the data folder as it is before, made once. work: goes on until the process is killed, and says what it
    has been told to be kept. holds: of what is left, and of what was said; raises AssertionError.

    seconds: within which the kill comes; None for work that ends, which is measured. clear: below the encryption, so
    that every byte can be looked at. costly: seconds a kill, so a quarter as many.
    """

    name: str
    prepare: Callable[[], None]
    work: Callable[[Say], None]
    holds: Callable[[list[str]], None]
    seconds: float | None
    clear: bool = False
    costly: bool = False


def names() -> set[str]:
    """Of those who are enrolled, each of whom is there with all photographs."""
    with Store() as store:
        people = store.do(ListPeople())
    assert all(person.photos == PHOTOS for person in people)
    return {person.name for person in people}


def enrol(store: Store, name: str, number: int) -> int:
    return store.do(EnrolPerson(name, "yes", None, shots(*range(PHOTOS * number, PHOTOS * number + PHOTOS)))).id


def three_people() -> None:
    with Store() as store:
        for number, name in enumerate(("Ann", "Bob", "Cid")):
            enrol(store, name, number)


# -- enrol, import, removal ------------------------------------------------------------------------------------------


def _enrol(say: Say) -> None:
    with Store() as store:
        for number in count(10):
            enrol(store, f"person {number}", number)
            say(f"person {number}")


def _enrolled(said: list[str]) -> None:
    found = names()
    assert {"Ann", "Bob", "Cid", *said} <= found
    assert len(found) - 3 - len(said) in (0, 1)  # one may be kept that there was no time to say so of


def _import(say: Say) -> None:
    with Store() as store:
        first = store.do(AddFace(photo(1), reading(photo(1)), 1, Path("/p/1.png"), None)).id
        for number in count(2):
            face = store.do(AddFace(photo(number), reading(photo(number)), 1, Path(f"/p/{number}.png"), None)).id
            store.do(SetLabel(first, face, Label.DIFFERENT, "csv"))
            say(str(face))


def _imported(said: list[str]) -> None:
    with Store() as store:
        kept = store.do(ReadLabels())
    assert set(map(int, said)) <= set(kept.faces)
    assert {label.right for label in kept.labels} >= set(map(int, said))


def _remove(say: Say) -> None:
    with Store() as store:
        for number in count(10):
            person = enrol(store, f"removed {number} for good", number)
            if number % 2:  # each other one could still be undone, by this process alone
                store.do(TakeAway(person))
                say(f"removed {number} for good")
            store.do(RemovePerson(person))
            say(f"removed {number} for good")


def _removed(said: list[str]) -> None:
    with Store() as store:
        store.do(ListPeople())
    left = names()
    assert not left & set(said)
    data = b"".join(path.read_bytes() for path in data_folder().rglob("*") if path.is_file())
    assert not said or b"Ann" in data  # below the encryption
    assert [name for name in said if name.encode() in data] == []


# -- backup, restore, repair -----------------------------------------------------------------------------------------


def _back_up(say: Say) -> None:
    for number in count():
        back_up(data_folder().parent / BACKUP, Steps())
        say(str(number))


def _backed_up(said: list[str]) -> None:
    file = data_folder().parent / BACKUP
    assert file.exists() or not said
    if file.exists():
        with file.open("rb") as source:
            backup_file.read_description(source, file.name)
            last = list(backup_file.frames(vault_of(data_folder()).files, source, file.name))[-1]
        assert isinstance(last, backup_file.End)
    assert names() == {"Ann", "Bob", "Cid"}


def _belongings(of: str) -> None:
    """A version and a run, sealed by the vault of the data folder, which only that one opens."""
    root = data_folder()
    folder = private_folder(root / VERSIONS / f"{of}-00000000")
    weights = of.encode() * 1000
    write_file(folder, "weights.safetensors", weights, vault_of(root).files)
    manifest = json.loads((bundled_encoder().files[0].path.parent / "manifest.json").read_bytes())
    manifest |= {"id": folder.name, "files": {"weights.safetensors": {"sha256": sha256(weights).hexdigest()}}}
    del manifest["calibration"]
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    made_key(root)
    from tests.builders.training_runs import tiny_pairs  # with PyTorch, which makes every fork slower

    pairs, settings = tiny_pairs(), METHODS[Method.CALIBRATE].defaults
    run = root / TRAINING / of
    Job.create(run, pairs, split_pairs(pairs), settings, bundled_encoder(), of, key=vault_files())
    (run / CHECKPOINTS).mkdir()  # it got somewhere


def _belonging() -> tuple[set[str], set[str], str]:
    """Versions and runs, each of which opens, and what the secret of the data folder is."""
    root = data_folder()
    versions = {version.id for version in VersionStore(root).list() if not version.bundled}
    for version in versions:
        read_manifest(root / VERSIONS / version, opened=by_vault(root)).file("weights.safetensors").read()
    runs = {Job.open(run).name for run in (root / TRAINING).iterdir()}
    return versions, runs, sha256((root / "secret.key").read_bytes()).hexdigest()


def _kept_and_others() -> None:
    """A backup, and a data folder of another vault, with other people, another version, run and secret."""
    place = data_folder().parent
    three_people()
    _belongings("theirs")
    (place / CODE).write_text(vault_of().new_recovery_code())
    (place / SECRET).write_text(_belonging()[2])
    back_up(place / BACKUP, Steps())
    shutil.rmtree(data_folder())
    vault_of().forget()
    with Store() as store:
        for number, name in enumerate(("Bob", "Cid", "Dan"), 5):
            enrol(store, name, number)
    _belongings("mine")


def _restore(say: Say) -> None:
    place = data_folder().parent
    code = (place / CODE).read_text()
    restore(place / BACKUP, Steps(), lambda vault, _: vault.recover(code, None), lambda _: None)
    say("restored")


def _restored(said: list[str]) -> None:
    found, (versions, runs, secret) = names(), _belonging()
    theirs = secret == (data_folder().parent / SECRET).read_text()
    whose = "theirs" if theirs else "mine"
    assert found == ({"Ann", "Bob", "Cid"} if theirs else {"Bob", "Cid", "Dan"})
    assert (versions, runs) == ({f"{whose}-00000000"}, {whose})
    assert theirs or not said


def _damaged() -> None:
    three_people()
    with raw() as db:
        db.execute("UPDATE person_image SET crop = x'' WHERE photo <= ?", (PHOTOS,))  # all of Ann


def _repair(say: Say) -> None:
    repair(Steps(), lambda found: found.lost)
    say("repaired")


def _repaired(said: list[str]) -> None:
    with Store() as store:
        found = {person.name for person in store.do(ListPeople())}
    assert found == {"Bob", "Cid"} or (found == {"Ann", "Bob", "Cid"} and not said)


# -- moving in -------------------------------------------------------------------------------------------------------


def _old() -> None:
    old_library(data_folder() / "library.sqlite", 2)


def _convert(say: Say) -> None:
    Database.open().close()
    say("converted")


def _converted(said: list[str]) -> None:
    with Store() as store:
        assert len(store.do(ReadLabels()).faces) == FACES
        assert [person.name for person in store.do(ListPeople())] == ["Ann"]


# -- the passphrase --------------------------------------------------------------------------------------------------


def _passphrase(number: int) -> str | None:
    return f"passphrase {number}" if number % 3 else None  # each third time it is taken away


def _change_passphrase(say: Say) -> None:
    vault.measured_cost = lambda: Cost(64, 1, 1)  # what is to be killed is the writing and not the half second before
    for number in count(1):
        vault_of().set_passphrase(_passphrase(number), _passphrase(number - 1))
        say(str(number))


def _opens_by_one(said: list[str]) -> None:
    last = len(said)
    opening = _opening(last) or _opening(last + 1)  # one may be kept that there was no time to say so of
    assert opening
    assert names() == {"Ann", "Bob", "Cid"}


def _opening(number: int) -> bool:
    """Whether it opens as it is to after so many changes, and not otherwise."""
    passphrase = _passphrase(number)
    vault_of().forget()
    asked = vault_of().state.source is KeySource.PASSPHRASE
    if passphrase is None or not asked:
        return passphrase is None and not asked
    with suppress(PassphraseWrong):
        vault_of().unlock(passphrase)
    return not vault_of().state.locked


ACTS = (
    Act("enrol", three_people, _enrol, _enrolled, 0.25),
    Act("import", three_people, _import, _imported, 0.25),
    Act("removal", three_people, _remove, _removed, 0.3, clear=True),
    Act("passphrase", three_people, _change_passphrase, _opens_by_one, 0.2),
    Act("backup", three_people, _back_up, _backed_up, 0.2),
    Act("repair", _damaged, _repair, _repaired, None),
    Act("convert", _old, _convert, _converted, None),
    Act("restore", _kept_and_others, _restore, _restored, None),
    Act("index", three_people, searched.work, searched.holds, 0.25),
    Act("train", training.prepare, training.work, training.holds, 4.0, costly=True),  # the last: it loads PyTorch
)


def whole(act: Act) -> None:
    """What must hold whatever was done: it opens, all of it is as it was kept, and nothing is left lying about."""
    if act.name != "repair":
        found = check(Steps())
        assert found.damage == (), found.damage
    for path in (*(data_folder() / TEMPORARY).glob("*"), *(data_folder() / TRAINING).glob("*")):
        if not (path / LOCK).exists():  # killed in the instant before it was locked, or after: it goes a minute later
            os.utime(path, (time.time() - 2 * FRESH,) * 2)
    with Store() as store:
        store.do(TidyUp())
    assert list(_litter()) == []
    for path in (data_folder() / TRAINING).glob("*"):
        Job.open(path).load()


def _litter() -> Iterator[Path]:
    root = data_folder()
    yield from (root / TEMPORARY).glob("*")
    yield from (path for path in root.glob("*") if path.name == "replacing.json")
