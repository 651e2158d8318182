"""siamgui verify: the face before a camera, or in a video, against a photograph or the people enrolled."""

from __future__ import annotations

import argparse
import json
import math
import sys
import threading
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import Any

from siamgui.commands.enrolled import open_people, read_missing
from siamgui.commands.model_choice import engine_for
from siamgui.commands.progress import ProgressLine
from siamgui.core import photo_words
from siamgui.core.camera import Camera
from siamgui.core.errors import SiamguiError
from siamgui.core.file_names import photo_name
from siamgui.core.i18n import mark
from siamgui.core.imaging import load_photo
from siamgui.core.pipeline import FaceEngine
from siamgui.core.source import Source, VideoEnded, parse_source, source_kind, source_name
from siamgui.core.types import Frame
from siamgui.live import wording
from siamgui.live.frames import FrameReader
from siamgui.live.gallery import Gallery
from siamgui.live.session import TIME_OUT, Session
from siamgui.live.target import Target, photo_target
from siamgui.live.types import Hindrance, LiveState, LiveVerdict, Prompt, Reason
from siamgui.storage.log_operations import AddLogEntry
from siamgui.storage.people_errors import NobodyEnrolled
from siamgui.storage.people_operations import FindPerson, ListPeople, LookUpEverybody, LookUpPerson
from siamgui.storage.store import Store
from siamgui.storage.verification_log import Asked

SCHEMA = "siamgui.verify/1"
CAMERA_SECONDS = 60.0
"""A camera is watched so long where nothing else was said; a file to its end."""
MOST_PER_SECOND = 15.0
"""Frames of a file that are looked at; a file is not watched in real time, and more would only cost."""


class PresenceOnFile(SiamguiError):
    text = mark("A presence check needs a person before a camera; a video file can’t be asked for movements.")


class OneSource(SiamguiError):
    text = mark("Say once what to watch: a camera, a video file or a stream, with or without --source.")


class NobodyToCompare(SiamguiError):
    text = mark("Say whom to compare with: --reference, --person or --who. Without one, --all says who is in a video.")


class OnlyOfAll(SiamguiError):
    text = mark("--csv and --views write what --all finds: add --all.")


class FaceOfNoPhoto(SiamguiError):
    text = mark("--face chooses a face of the reference: name its photo with --reference.")


def run(args: argparse.Namespace) -> int:
    """args: video, source, all, csv, views, reference, face, person, who, strictness, presence, seconds, log, json,
    device, model."""
    if args.face is not None and args.reference is None:
        raise FaceOfNoPhoto
    if (args.video is None) == (args.source is None):
        raise OneSource
    source = parse_source(args.video if args.source is None else args.source)
    live = not isinstance(source, Path)
    if args.presence and not live:
        raise PresenceOnFile
    if args.all:
        from siamgui.commands import verify_all

        return verify_all.run(args, source)
    if args.csv is not None or args.views is not None:
        raise OnlyOfAll
    if args.reference is None and args.person is None and not args.who:
        raise NobodyToCompare
    presence = live if args.presence is None else args.presence
    engine = engine_for(args.device, args.model)
    target = _target(engine, args)
    # A file is watched to its end, or as far as was asked for, however long its face is no use.
    patience = TIME_OUT if live else math.inf
    session = target.session(engine.calibration, args.strictness, presence, patience)
    seconds = args.seconds if args.seconds is not None else CAMERA_SECONDS if live else math.inf
    with Camera.open(source) as camera:  # last: its light is on, and its clock runs
        verdict = _watch(engine, camera, source, session, seconds)
    if args.json:
        print(json.dumps(as_json(verdict, target, source), ensure_ascii=False, indent=2))
    else:
        print(wording.as_text(verdict, target.name, who=args.who))
    if args.log:
        _keep(verdict, source, engine, who=args.who)
    return 0


def _target(engine: FaceEngine, args: argparse.Namespace) -> Target:
    if args.reference is not None:
        read = engine.read_photo(load_photo(args.reference), None if args.face is None else args.face - 1)
        if note := photo_words.which_face(read, "--face"):
            print(note, file=sys.stderr)
        return photo_target(photo_name(args.reference), read.reading)
    encoder = engine.info.encoder
    with open_people() as store:
        if not store.do(ListPeople()):
            raise NobodyEnrolled
        person = store.do(FindPerson(args.person)) if args.person is not None else None
        read_missing(engine, store, ProgressLine())
        return store.do(LookUpEverybody(encoder) if person is None else LookUpPerson(person.id, encoder))


def _watch(engine: FaceEngine, camera: Camera, source: Source, session: Session, seconds: float) -> LiveVerdict:
    """Look until there is a verdict; through a file to its end, since whoever is seen later is part of the question."""
    reader, say = FrameReader(engine), _Teller()
    whole = isinstance(source, Path)
    least = 0.9 / MOST_PER_SECOND if whole else 0.0
    with closing(_of_file(camera) if whole else _of_camera(camera)) as frames:
        start = last = None
        for frame in frames:
            start = frame.at if start is None else start
            if frame.at - start > seconds:
                return session.end(Reason.TIME_OUT)
            if last is not None and frame.at - last < least:
                continue
            last = frame.at
            state = session.add(reader.read(frame))
            if not whole:
                say(state)
                if state.verdict is not None:  # nobody is watched any longer
                    return state.verdict
    return session.end(Reason.ENDED)


def _of_file(camera: Camera) -> Generator[Frame, None, None]:
    try:
        while True:
            yield camera.next()
    except VideoEnded:
        return


def _of_camera(camera: Camera) -> Generator[Frame, None, None]:
    """The newest frame each time: a camera does not wait for those who look."""
    newest: list[Frame | Exception] = []
    there, over = threading.Condition(), threading.Event()

    def read() -> None:
        while not over.is_set():
            found: Frame | Exception
            try:
                found = camera.next()
            except Exception as error:  # whatever it is, whoever waits for a frame must hear of it
                found = error
                over.set()
            with there:
                newest[:] = [found]
                there.notify()

    thread = threading.Thread(target=read, name="camera")
    thread.start()
    try:
        while True:
            with there:
                there.wait_for(lambda: newest)
                found = newest.pop()
            if isinstance(found, SiamguiError):  # it was there, and is no more
                print(f"siamgui: {found}", file=sys.stderr)
                return
            if isinstance(found, Exception):
                raise found
            yield found
    finally:
        over.set()
        thread.join()


class _Teller:
    """Tells the person before the camera what to do, on standard error, each thing once when it changes."""

    def __init__(self) -> None:
        self._said: tuple[Prompt | None, Hindrance | None] | None = None

    def __call__(self, state: LiveState) -> None:
        presence = state.presence
        asking = presence is not None and presence.passed is None
        now = (presence.prompt if presence is not None and asking else None, state.hindrance)
        if now == self._said:
            return
        self._said = now
        if state.hindrance is Hindrance.NO_FACE or (state.hindrance is not None and not asking):
            print(wording.hindrance(state.hindrance), file=sys.stderr)
        elif asking:
            print(wording.prompt(now[0]), file=sys.stderr)


def _keep(verdict: LiveVerdict, source: Source, engine: FaceEngine, *, who: bool) -> None:
    kind = Asked.IDENTIFY if who else Asked.VERIFY
    with Store() as store:
        store.do(AddLogEntry(verdict, kind, source_kind(source), engine.info.encoder_name))


def as_json(verdict: LiveVerdict, target: Target, source: Source) -> dict[str, Any]:
    """What docs/verify-json.md describes."""
    enrolled = len(target.subject) if isinstance(target.subject, Gallery) else None
    return {
        "schema": SCHEMA,
        "outcome": verdict.outcome.value,
        "reason": verdict.reason.value,
        "reference": target.name or None,
        "person": None if verdict.person is None else {"id": verdict.person, "name": verdict.name},
        "enrolled": enrolled,
        "source": {
            "kind": source_kind(source).value,
            "name": source if isinstance(source, int) else source_name(source),
        },
        "strictness": verdict.strictness.value,
        "distance": verdict.distance,
        "fmr": verdict.fmr,
        "fmr_is_bound": verdict.fmr_is_bound,
        "log10_lr": verdict.log10_lr,
        "hindrance": None if verdict.hindrance is None else verdict.hindrance.value,
        "presence": verdict.presence,
        "presence_failure": None if verdict.presence_failure is None else verdict.presence_failure.value,
        "seconds": round(verdict.seconds, 3),
        "frames": verdict.frames,
        "strangers": [round(at, 3) for at in verdict.strangers],
        "until": None if verdict.until is None else round(verdict.until, 3),
        "whole": verdict.whole,
        "encoder": verdict.encoder,
        "calibration_stated": verdict.stated,
    }
