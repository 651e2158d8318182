"""siamgui people: who is enrolled on this machine, who is on a photograph, and the log of verifications."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from siamgui.commands.enrolled import open_people, read_missing
from siamgui.commands.model_choice import engine_for
from siamgui.commands.progress import ProgressLine
from siamgui.core import photo_words, wording
from siamgui.core.amounts import photo_count, when
from siamgui.core.errors import SiamguiError
from siamgui.core.folders import photos_in, skipped_note
from siamgui.core.i18n import tr, trn
from siamgui.core.imaging import load_photo
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import Outcome, PhotoReading, Strictness
from siamgui.evaluation.reading import each_reading
from siamgui.labelling.import_plan import NoPhotos
from siamgui.live import wording as live_wording
from siamgui.live.identification import Identification, identify
from siamgui.storage.log_operations import ClearLog, ExportLog, KeepLogFor, ReadLog
from siamgui.storage.log_wording import compared_with, result
from siamgui.storage.people_errors import LogNotMeant, NobodyEnrolled, PhotoNotTheirs, RemovalNotMeant
from siamgui.storage.people_operations import (
    AddPersonPhotos,
    ChangeDetails,
    EnrolPerson,
    FindAlike,
    FindPerson,
    FindUnlike,
    ForgetOtherEncoders,
    ListPeople,
    ListPersonPhotos,
    Photos,
    ReadGallery,
    RemovePerson,
    RemovePersonPhoto,
)
from siamgui.storage.people_store import Person, PersonPhoto, check_quality
from siamgui.storage.people_wording import kept_until
from siamgui.storage.removal_wording import labelled_words
from siamgui.storage.store import Store
from siamgui.storage.verification_log import Entry

Answer = Any
Told = tuple[Answer, list[str]]


def run(args: argparse.Namespace) -> int:
    """args: action, json, device, and what the action takes: name, photos, photo, consent, until, model, yes, ..."""
    with open_people() as store:
        answer, lines = _ACTIONS[args.action](store, args)
    print(json.dumps(answer, ensure_ascii=False, indent=2) if args.json else "\n".join(lines))
    return 0


# -- looking ---------------------------------------------------------------------------------------------------------


def _list(store: Store, _args: argparse.Namespace) -> Told:
    everybody = store.do(ListPeople())
    lines = [_line(person) for person in everybody]
    return [_as_json(person) for person in everybody], lines or [str(NobodyEnrolled())]


def _show(store: Store, args: argparse.Namespace) -> Told:
    person = store.do(FindPerson(args.name))
    engine = engine_for(args.device, args.model)
    read_missing(engine, store, ProgressLine())
    unlike = {photo.id for photo in _unlike(store, engine, person)}
    photos = store.do(ListPersonPhotos(person.id))
    answer = _as_json(person) | {
        "photos": [
            {"id": photo.id, "name": photo.name, "good": photo.good, "unlike": photo.id in unlike, "added": photo.added}
            for photo in photos
        ]
    }
    rows = (
        (tr("Number"), str(person.id)),
        (tr("Consent"), person.consent),
        (tr("Kept until"), person.retain_until.isoformat() if person.retain_until else tr("it is removed")),
        (tr("Enrolled"), when(person.created)),
        (tr("Last verified"), when(person.last_verified) if person.last_verified else tr("never")),
    )
    lines = [person.name, *(tr("{label}: {value}", label=label, value=value) for label, value in rows if value)]
    return answer, lines + [_photo_line(photo, unlike=photo.id in unlike) for photo in photos]


def _who(store: Store, args: argparse.Namespace) -> Told:
    if not store.do(ListPeople()):
        raise NobodyEnrolled
    engine = engine_for(args.device, args.model)
    read = engine.read_photo(load_photo(args.photo), _index(args.face))
    read_missing(engine, store, ProgressLine())
    gallery = store.do(ReadGallery(engine.info.encoder))
    found = identify(gallery, engine.calibration, read.reading, args.strictness)
    name, person = gallery.names[found.nearest.row], gallery.people[found.nearest.row]
    same = found.outcome is Outcome.SAME
    answer = {
        "outcome": found.outcome.value,
        "person": {"id": person, "name": name} if same else None,
        "distance": found.nearest.distance,
        "runner_up": found.nearest.runner_up,
        "fpir": found.fpir,
        "fpir_is_bound": True,
        "enrolled": len(gallery),
        "face": read.chosen + 1,
        "faces": len(read.detection.faces),
        "strictness": args.strictness.value,
        "forced_by_quality": found.forced,
        "several": found.several,
        "encoder": gallery.encoder,
        "calibration_stated": engine.calibration.stated,
    }
    quality = read.reading.quality
    advice = [
        tr("⚠ “{name}”: {what} {help}", name=read.photo.name, **wording.issue_words(finding, quality))
        for finding in quality.findings
    ]
    source = wording.with_source("", engine.calibration.stated)
    return answer, [*_who_lines(found, name), *filter(None, [source]), *advice, *_several_faces([read], args.face)]


def _who_lines(found: Identification, name: str) -> list[str]:
    headline = live_wording.outcome_words(found.outcome, name, who=True)
    if found.outcome is Outcome.SAME:
        return [headline, live_wording.somebody_alike(found.fpir, is_bound=True)]
    if found.outcome is Outcome.DIFFERENT:
        return [headline, tr("This face is not close to any of the people enrolled.")]
    if found.forced:
        return [headline, tr("The photo is not good enough to decide.")]
    if found.several:
        return [headline, tr("Several of the people enrolled look this much like the photo.")]
    return [headline, tr("“{name}” is the nearest, but not near enough to support it.", name=name)]


# -- changes ---------------------------------------------------------------------------------------------------------


def _enrol(store: Store, args: argparse.Namespace) -> Told:
    engine, usable, problems, skipped = _usable(args)
    read_missing(engine, store, ProgressLine())
    alike = _alike(store, engine, usable)
    person = store.do(EnrolPerson(args.name, args.consent, args.until, _photos(usable)))
    done = tr("“{name}” is enrolled.", name=person.name)
    return _after(store, engine, person, done, usable, problems, skipped, alike, args.face)


def _add(store: Store, args: argparse.Namespace) -> Told:
    person = store.do(FindPerson(args.name))
    engine, usable, problems, skipped = _usable(args)
    read_missing(engine, store, ProgressLine())
    alike = [other for other in _alike(store, engine, usable) if other.id != person.id]
    person = store.do(AddPersonPhotos(person.id, _photos(usable)))
    done = trn("“{name}” has {n} photo now.", "“{name}” has {n} photos now.", person.photos, name=person.name)
    return _after(store, engine, person, done, usable, problems, skipped, alike, args.face)


def _usable(args: argparse.Namespace) -> tuple[FaceEngine, list[PhotoReading], list[tuple[Path, str]], int]:
    """The photographs that can be used, for each other one the sentence that says why not, and how many were skipped.

    Raises the first of them where none can be used, and NoPhotos.
    """
    found = photos_in(args.photos)
    if not found.photos:
        raise NoPhotos(name=args.photos[0].resolve().name)
    engine = engine_for(args.device, args.model)
    usable: list[PhotoReading] = []
    problems: list[tuple[Path, SiamguiError]] = []
    for path, read in zip(found.photos, each_reading(engine, found.photos, chosen=_index(args.face)), strict=True):
        try:
            if isinstance(read, SiamguiError):
                raise read
            check_quality(read.photo, read.reading)
        except SiamguiError as error:
            problems.append((path, error))
        else:
            usable.append(read)
    if not usable:
        raise problems[0][1]
    return engine, usable, [(path, str(error)) for path, error in problems], found.skipped


def _photos(usable: Sequence[PhotoReading]) -> Photos:
    return tuple((read.photo, read.reading) for read in usable)


def _alike(store: Store, engine: FaceEngine, usable: Sequence[PhotoReading]) -> Sequence[Person]:
    same_below, _ = engine.calibration.limits(Strictness.BALANCED)
    vectors = np.stack([read.reading.embedding.vector for read in usable])
    return store.do(FindAlike(engine.info.encoder, vectors, same_below, engine.calibration.energy))


def _unlike(store: Store, engine: FaceEngine, person: Person) -> Sequence[PersonPhoto]:
    _, different_above = engine.calibration.limits(Strictness.BALANCED)
    return store.do(FindUnlike(person.id, engine.info.encoder, different_above, engine.calibration.energy))


def _after(
    store: Store,
    engine: FaceEngine,
    person: Person,
    done: str,
    usable: Sequence[PhotoReading],
    problems: Sequence[tuple[Path, str]],
    skipped: int,
    alike: Sequence[Person],
    face: int | None,
) -> Told:
    unlike = _unlike(store, engine, person)
    answer = {
        "person": _as_json(person),
        "problems": [{"photo": str(path), "text": text} for path, text in problems],
        "skipped": skipped,
        "alike": [_as_json(other) for other in alike],
        "unlike": [photo.name for photo in unlike],
    }
    lines = [
        done,
        *([skipped_note(skipped)] if skipped else []),
        *(text for _, text in problems),
        *_several_faces(usable, face),
    ]
    lines += [
        tr(
            "⚠ “{photo}” does not look like the other photos of “{name}”.",
            photo=photo.name,
            name=person.name,
        )
        for photo in unlike
    ]
    lines += [
        tr(
            "⚠ “{other}”, who is enrolled too, looks much like “{name}”. If they are one person, remove one of them.",
            other=other.name,
            name=person.name,
        )
        for other in alike
    ]
    return answer, lines


def _remove_photo(store: Store, args: argparse.Namespace) -> Told:
    person = store.do(FindPerson(args.name))
    if args.photo not in {photo.id for photo in store.do(ListPersonPhotos(person.id))}:
        raise PhotoNotTheirs(name=person.name, photo=args.photo)
    gone = store.do(RemovePersonPhoto(args.photo))
    person = gone.person
    left = trn("“{name}” has {n} photo now.", "“{name}” has {n} photos now.", person.photos, name=person.name)
    more = {"labelled": gone.labelled, "pending": _pending(store)}
    return _as_json(person) | more, [left, *labelled_words(gone.labelled)]


def _change(store: Store, who: str, **details: Any) -> Person:
    """details: those of ChangeDetails that become others."""
    person = store.do(FindPerson(who))
    kept = {"name": person.name, "consent": person.consent, "retain_until": person.retain_until}
    return store.do(ChangeDetails(person.id, **(kept | details)))


def _rename(store: Store, args: argparse.Namespace) -> Told:
    person = _change(store, args.name, name=args.new_name)
    return _as_json(person), [tr("The name is “{name}” now.", name=person.name)]


def _consent(store: Store, args: argparse.Namespace) -> Told:
    person = _change(store, args.name, consent=args.text)
    return _as_json(person), [tr("The consent note of “{name}” is kept.", name=person.name)]


def _retain(store: Store, args: argparse.Namespace) -> Told:
    person = _change(store, args.name, retain_until=args.until)
    text = tr("“{name}” is kept until it is removed.", name=person.name)
    if person.retain_until is not None:
        text = tr("“{name}” is kept until {date}.", name=person.name, date=person.retain_until.isoformat())
    return _as_json(person), [text]


def _remove(store: Store, args: argparse.Namespace) -> Told:
    person = store.do(FindPerson(args.name))
    if not args.yes:
        raise RemovalNotMeant(name=person.name)
    labelled = store.do(RemovePerson(person.id))
    gone = tr("“{name}” is removed, with everything derived from the photos.", name=person.name)
    more = {"labelled": labelled, "pending": _pending(store)}
    return _as_json(person) | more, [gone, *labelled_words(labelled)]


def _re_embed(store: Store, args: argparse.Namespace) -> Told:
    engine = engine_for(args.device, args.model)
    count = read_missing(engine, store, ProgressLine())
    if args.model is None:
        store.do(ForgetOtherEncoders(engine.info.encoder))  # of versions that are no longer active
    text = trn("{n} photo was read.", "{n} photos were read.", count)
    return {"read": count, "encoder": engine.info.encoder}, [text]


# -- the log ---------------------------------------------------------------------------------------------------------


def _log(store: Store, args: argparse.Namespace) -> Told:
    if args.keep is not None:
        store.do(KeepLogFor(args.keep or None))
    if args.csv is not None:
        written = store.do(ExportLog(args.csv))
        text = trn(
            "{n} verification was written to “{name}”.",
            "{n} verifications were written to “{name}”.",
            written,
            name=args.csv.name,
        )
        return {"written": written}, [text]
    entries = store.do(ReadLog()).entries
    return [asdict(entry) for entry in entries], [_entry_line(entry) for entry in entries] or [tr("Nothing so far.")]


def _clear_log(store: Store, args: argparse.Namespace) -> Told:
    if not args.yes:
        raise LogNotMeant
    removed = store.do(ClearLog())
    return {"removed": removed, "pending": _pending(store)}, [tr("All verifications are forgotten.")]


def _pending(store: Store) -> bool:
    """Whether something of what was removed is still on the disk; standard error says why."""
    return bool(store.pending)


_ACTIONS: dict[str, Callable[[Store, argparse.Namespace], Told]] = {
    "list": _list,
    "show": _show,
    "enrol": _enrol,
    "add": _add,
    "remove-photo": _remove_photo,
    "rename": _rename,
    "consent": _consent,
    "retain": _retain,
    "remove": _remove,
    "who": _who,
    "re-embed": _re_embed,
    "log": _log,
    "clear-log": _clear_log,
}


# -- words -----------------------------------------------------------------------------------------------------------


def _as_json(person: Person) -> dict[str, Any]:
    until = person.retain_until
    return asdict(person) | {"retain_until": until.isoformat() if until else None}


def _line(person: Person) -> str:
    notes = [photo_count(person.photos)]
    if person.last_verified:
        notes.append(tr("last verified {when}", when=when(person.last_verified)))
    if person.retain_until:
        notes.append(kept_until(person.retain_until))
    told = tr(", ").join(notes)
    return f"#{person.id}  {person.name}  {told}"


def _photo_line(photo: PersonPhoto, *, unlike: bool) -> str:
    notes = [] if photo.good else [tr("quality could be better")]
    if unlike:
        notes.append(tr("does not look like the others"))
    told = tr(", ").join(notes)
    return f"  {photo.id}  {photo.name}" + (f"  ({told})" if told else "")


def _entry_line(entry: Entry) -> str:
    outcome = result(entry)
    if entry.fmr is not None:
        outcome = tr("{outcome} (FMR {rate})", outcome=outcome, rate=wording.rate_words(entry.fmr, entry.fmr_is_bound))
    return "  ".join(filter(None, (when(entry.at), compared_with(entry), outcome, entry.encoder_name)))


def _several_faces(reads: Sequence[PhotoReading], face: int | None) -> list[str]:
    """face: the number that was asked for, None where the most prominent face was taken."""
    if face is not None:
        return [text for read in reads if (text := photo_words.which_face(read, "--face"))]
    return [
        tr("“{name}” shows {count} faces; the most prominent one was used.", name=read.photo.name, count=count)
        for read in reads
        if (count := len(read.detection.faces)) > 1
    ]


def _index(number: int | None) -> int | None:
    """Of a face whose number is counted from 1."""
    return None if number is None else number - 1
