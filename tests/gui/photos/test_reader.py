"""Photographs come in by one reader: in order, a few at a time, each answered with a reading or a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Slot
from pytestqt.qtbot import QtBot

from siamgui.core.errors import SiamguiError
from siamgui.core.types import Photo, PhotoReading
from siamgui.gui.inference import Inference
from siamgui.gui.photos.reader import OnePhoto, PhotoReader, Share
from siamgui.gui.photos.sources import Source
from siamgui.gui.tasks import Task, Workers
from tests.builders.window import PATIENCE


class Heard(QObject):
    """What a reader has said, in order."""

    def __init__(self, reader: PhotoReader) -> None:
        super().__init__()
        self.answers: list[tuple[object, Source]] = []
        self.reader = reader
        self.shares: list[Share | None] = []
        self.finished = 0
        reader.read.connect(self._answered)
        reader.refused.connect(self._answered)
        reader.finished.connect(self._finished)

    @Slot(object, object)
    def _answered(self, answer: object, source: Source) -> None:
        self.answers.append((answer, source))
        self.shares.append(self.reader.share)

    @Slot()
    def _finished(self) -> None:
        self.finished += 1


@pytest.fixture
def photos(samples: Path) -> tuple[Path, ...]:
    return tuple(samples / f"{name}.jpg" for name in ("obama1", "biden", "obama2"))


def test_photos_are_read_in_order_and_counted(
    decoders: Workers, inference: Inference, qtbot: QtBot, photos: tuple[Path, ...]
) -> None:
    reader = PhotoReader(decoders, inference)
    heard = Heard(reader)
    with qtbot.waitSignal(reader.finished, timeout=PATIENCE):
        reader.add(photos)
        assert reader.share == Share(0, 3)
    assert [source for _, source in heard.answers] == list(photos)
    assert heard.shares == [Share(1, 3), Share(2, 3), None]
    assert reader.share is None
    assert inference.current is not None
    for answer, source in heard.answers:
        assert isinstance(answer, PhotoReading)
        assert (answer.photo.name, answer.engine) == (source.name, inference.current.info)


def test_what_cannot_be_used_is_one_sentence_and_stops_nothing(
    decoders: Workers, inference: Inference, qtbot: QtBot, photos: tuple[Path, ...], tmp_path: Path
) -> None:
    (tmp_path / "empty.jpg").touch()
    reader = PhotoReader(decoders, inference)
    heard = Heard(reader)
    with qtbot.waitSignal(reader.finished, timeout=PATIENCE):
        reader.add([tmp_path / "gone.jpg", photos[0], tmp_path / "empty.jpg"])
    gone, read, empty = (answer for answer, _ in heard.answers)
    assert isinstance(read, PhotoReading)
    assert isinstance(gone, SiamguiError)
    assert "“gone.jpg” was not found" in str(gone)
    assert "“empty.jpg” is empty" in str(empty)


def test_few_are_under_way_at_a_time(
    decoders: Workers, inference: Inference, qtbot: QtBot, photos: tuple[Path, ...]
) -> None:
    begun: list[Source] = []

    def known(source: Source, _: Photo) -> Task:
        begun.append(source)
        return decoders.start(lambda: None)

    reader = PhotoReader(decoders, inference, known, at_once=2)
    ahead: list[int] = []
    reader.read.connect(lambda *_: ahead.append(len(begun)))
    heard = Heard(reader)
    with qtbot.waitSignal(reader.finished, timeout=PATIENCE):
        reader.add(photos * 3)
    assert len(heard.answers) == 9
    assert all(started <= answered + 2 for answered, started in enumerate(ahead))


def test_what_is_known_is_not_read_and_what_was_read_is_kept(
    decoders: Workers, inference: Inference, qtbot: QtBot, photos: tuple[Path, ...]
) -> None:
    kept: list[str] = []

    def known(source: Source, photo: Photo) -> Task:
        return decoders.start(lambda: photo.sha256 if source == photos[1] else None)

    def keep(_: Source, read: PhotoReading) -> Task:
        kept.append(read.photo.name)
        return decoders.start(lambda: len(kept))

    reader = PhotoReader(decoders, inference, known, keep)
    heard = Heard(reader)
    with qtbot.waitSignal(reader.finished, timeout=PATIENCE):
        reader.add(photos)
    assert kept == ["obama1.jpg", "obama2.jpg"]
    first, second, third = (answer for answer, _ in heard.answers)
    assert (first, third) == (1, 2)
    assert isinstance(second, str)


def test_stopping_forgets_what_waits_and_what_is_on_its_way(
    decoders: Workers, inference: Inference, qtbot: QtBot, photos: tuple[Path, ...]
) -> None:
    reader = PhotoReader(decoders, inference)
    heard = Heard(reader)
    reader.add(photos)
    reader.stop()
    assert reader.share is None
    with qtbot.waitSignal(reader.finished, timeout=PATIENCE):
        reader.add(photos[2:])
    assert [source for _, source in heard.answers] == [photos[2]]


def test_ending_still_answers_what_is_under_way(
    decoders: Workers, inference: Inference, qtbot: QtBot, photos: tuple[Path, ...]
) -> None:
    reader = PhotoReader(decoders, inference)
    heard = Heard(reader)
    with qtbot.waitSignal(reader.finished, timeout=PATIENCE):
        reader.add(photos)
        reader.end()
    assert ([source for _, source in heard.answers], heard.finished) == ([photos[0]], 1)


def test_photos_wait_for_an_engine(
    decoders: Workers, unloaded: Inference, qtbot: QtBot, photos: tuple[Path, ...]
) -> None:
    way = OnePhoto(decoders, unloaded)
    with qtbot.waitSignal(way.decoded, timeout=PATIENCE):
        way.decode(photos[0])
    assert way.busy
    with qtbot.waitSignal(way.done, timeout=PATIENCE) as done:
        unloaded.load("cpu")
    assert done.args is not None
    assert isinstance(done.args[0], PhotoReading)


def test_another_engine_reads_what_the_one_before_had_not(
    decoders: Workers, inference: Inference, qtbot: QtBot, photos: tuple[Path, ...]
) -> None:
    way = OnePhoto(decoders, inference)
    answers: list[object] = []
    way.done.connect(answers.append)
    with qtbot.waitSignal(way.decoded, timeout=PATIENCE):
        way.decode(photos[0])
    with qtbot.waitSignals([inference.ready, way.done], timeout=PATIENCE):
        inference.load("cpu")
    assert len(answers) == 1
