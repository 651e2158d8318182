"""The matrix without its looks: photographs that come and go, every pair of them judged, undo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from siamgui.core.errors import SiamguiError
from siamgui.core.file_names import photo_name
from siamgui.core.i18n import mark
from siamgui.core.types import FaceReading, PhotoReading, Strictness, Verdict
from siamgui.gui.compare.matrix.state import Keys, MatrixState, Tile
from siamgui.gui.controller import Controller
from siamgui.gui.inference import Inference, Ready
from siamgui.gui.photos.reader import PhotoReader
from siamgui.gui.photos.slot import SlotController
from siamgui.gui.photos.sources import Source
from siamgui.gui.tasks import Task, Workers

if TYPE_CHECKING:
    from siamgui.core.pipeline import FaceEngine

MOST = 30
"""Photographs: 435 pairs, and as many rows as anybody reads."""
UNDER_WAY = 2
UNDO_STEPS = 20


class TooManyPhotos(SiamguiError):
    """values: n, most"""

    text = mark(
        "{n} photos are too many for one matrix: it holds up to {most}. "
        "Choose fewer, or write a list for “siamgui batch”."
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Read:
    """What is kept of a photograph, without its pixels."""

    name: str
    sha256: str
    faces: int
    chosen: int
    reading: FaceReading

    @classmethod
    def of(cls, read: PhotoReading) -> _Read:
        photo = read.photo
        return cls(photo.name, photo.sha256, len(read.detection.faces), read.chosen, read.reading)


class MatrixController(Controller[MatrixState]):
    """Verdicts are worked out by the inference thread, a photograph against all others at a time."""

    def __init__(
        self, decoders: Workers, inference: Inference, strictness: Strictness, parent: QObject | None = None
    ) -> None:
        super().__init__(MatrixState(strictness=strictness), parent)
        self._decoders, self._inference = decoders, inference
        self._reader = PhotoReader(decoders, inference, keep=self._keep, at_once=UNDER_WAY, parent=self)
        self._reader.read.connect(self._read)
        self._reader.refused.connect(self._refused)
        self._steps: list[tuple[Tile, ...]] = []
        self._next_key = 1
        self._judging: dict[Task, tuple[Keys, ...]] = {}
        self._reading_again: dict[Task, int] = {}
        self._gesture = 0
        self.photo = SlotController(decoders, inference, self)
        """The tile that is looked at, with all its faces."""
        self.photo.changed.connect(self._face_chosen)
        inference.loading.connect(self._engine_gone)
        inference.ready.connect(self._engine_ready)

    # What the user does.

    def add(self, sources: Sequence[Source], chosen: Sequence[int] = ()) -> None:
        """Take photographs in and show the matrix. chosen: of each the index of the face; none: the most prominent."""
        count = len(self.state.tiles) + len(sources)
        if count > MOST:
            self._set(error=TooManyPhotos(n=count, most=MOST))
            return
        tiles = []
        for n, source in enumerate(sources):
            name = photo_name(source) if isinstance(source, Path) else source.name
            tiles.append(Tile(self._next_key, source, name, chosen=chosen[n] if chosen else -1))
            self._next_key += 1
        self._change((*self.state.tiles, *tiles))
        self.show(True)

    def refuse(self, error: SiamguiError | None) -> None:
        """Say it; None: it has been read."""
        self._set(error=error)

    @Slot()
    def dismiss(self) -> None:
        self.refuse(None)

    def show(self, shown: bool) -> None:
        self.look_at(None)
        self._set(shown=shown, error=None)

    def remove(self, key: int) -> None:
        """Take one photograph out."""
        if self.state.looked_at == key:
            self.look_at(None)
        if self.state.tile(key) is not None:
            self._change(tuple(tile for tile in self.state.tiles if tile.key != key))

    @Slot()
    def clear(self) -> None:
        """Take all of them out."""
        self.look_at(None)
        if self.state.tiles:
            self._change(())

    @Slot()
    def stop_reading(self) -> None:
        """Go on without the photographs that are not read yet."""
        self._change(tuple(tile for tile in self.state.tiles if not tile.waiting))

    @Slot()
    def undo(self) -> None:
        if self._steps:
            self.look_at(None)
            self._put(self._steps.pop())

    def look_at(self, key: int | None) -> None:
        """Show a photograph large, to see it, to choose a face or to take it out; None shows the matrix again."""
        tile = None if key is None else self.state.tile(key)
        if tile is not None and tile.waiting:
            return
        if self.state.looked_at is not None:
            dead = [self.photo.state]
            self._set(looked_at=None)
            self.photo.empty()
            self._decoders.start(dead.clear)  # giving memory back can take longer than a frame
        if tile is not None:
            self._gesture += 1
            self._set(looked_at=key)
            if tile.problem is None:
                self.photo.load(tile.source, self._gesture, tile.chosen)

    def set_strictness(self, strictness: Strictness) -> None:
        self._stop_judging()
        self._set(strictness=strictness, verdicts={})
        self._judge_missing()

    def stop(self) -> None:
        self._reader.stop()
        self._stop_judging()
        self.photo.stop()

    # Tiles.

    def _change(self, tiles: tuple[Tile, ...]) -> None:
        self._steps.append(self.state.tiles)
        del self._steps[:-UNDO_STEPS]
        self._put(tiles)

    def _put(self, tiles: tuple[Tile, ...]) -> None:
        """Show these, and read and judge what they still need."""
        self._reader.stop()
        self._reader.add([tile.source for tile in tiles if tile.waiting])
        self._set(tiles=tiles, can_undo=bool(self._steps), error=None, share=self._reader.share)
        self._read_again()
        self._judge_missing()

    def _replace(self, tile: Tile, **values: object) -> None:
        """Another state of a tile, wherever it is: an undo brings no older one back."""
        new = replace(tile, **values)  # type: ignore[arg-type]

        def changed(tiles: tuple[Tile, ...]) -> tuple[Tile, ...]:
            return tuple(new if one.key == tile.key else one for one in tiles)

        self._steps = [changed(step) for step in self._steps]
        gone = {keys: one for keys, one in self.state.verdicts.items() if tile.key not in keys}
        self._set(tiles=changed(self.state.tiles), verdicts=gone, share=self._reader.share)
        self._judge_missing()

    def _keep(self, source: Source, read: PhotoReading) -> Task:
        """Let the pixels go; on a decoder, for giving memory back takes long."""
        wanted = next((tile.chosen for tile in self.state.tiles if tile.source is source), -1)
        if wanted in (-1, read.chosen) or wanted >= len(read.detection.faces):
            return self._decoders.start(partial(_Read.of, read))
        return self._inference.ask(lambda engine: _Read.of(engine.read_photo(read.photo, wanted, read.detection)))

    @Slot(object, object)
    def _read(self, read: _Read, source: Source) -> None:
        tile = self._waiting_for(source)
        if tile is None:
            self._set(share=self._reader.share)
        else:
            found = {"name": read.name, "sha256": read.sha256, "faces": read.faces, "chosen": read.chosen}
            self._replace(tile, reading=read.reading, **found)

    @Slot(object, object)
    def _refused(self, error: SiamguiError, source: Source) -> None:
        tile = self._waiting_for(source)
        if tile is not None:
            self._replace(tile, problem=error)

    def _waiting_for(self, source: Source) -> Tile | None:
        return next((tile for tile in self.state.tiles if tile.source is source and tile.waiting), None)

    @Slot()
    def _face_chosen(self) -> None:
        """In the photograph that is looked at."""
        loaded = self.photo.state.loaded
        tile = None if self.state.looked_at is None else self.state.tile(self.state.looked_at)
        if tile is None or loaded is None or loaded.reading is None or self.photo.state.busy:
            return
        if loaded.chosen != tile.chosen and loaded.decoded.photo.sha256 == tile.sha256:
            self._replace(tile, chosen=loaded.chosen, reading=loaded.reading)

    # Verdicts.

    def _judge_missing(self) -> None:
        """Ask for the pairs that nobody has judged yet, a tile against those before it at a time."""
        ready = self._inference.current
        if ready is None:
            return
        asked = {keys for pairs in self._judging.values() for keys in pairs}
        known = asked.union(self.state.verdicts)
        read = {tile.key: tile.reading for tile in self.state.tiles if tile.reading is not None and _by(tile, ready)}
        for key, reading in read.items():
            pairs = {
                (other, key): (its, reading) for other, its in read.items() if other < key and (other, key) not in known
            }
            if pairs:
                task = self._inference.ask(partial(_judge, pairs, self.state.strictness))
                self._judging[task] = tuple(pairs)
                task.on(self._judged, self._not_judged)

    @Slot(object)
    def _judged(self, verdicts: dict[Keys, Verdict]) -> None:
        task = self.sender()
        if isinstance(task, Task) and self._judging.pop(task, None) is not None:
            self._set(verdicts={**self.state.verdicts, **verdicts})

    @Slot(object)
    def _not_judged(self, _error: Exception) -> None:
        """Its Task has told of it; the cells stay open."""
        task = self.sender()
        if isinstance(task, Task):
            self._judging.pop(task, None)

    def _stop_judging(self) -> None:
        for task in (*self._judging, *self._reading_again):
            task.cancel()
        self._judging.clear()
        self._reading_again.clear()

    # The engine.

    @Slot()
    def _engine_gone(self) -> None:
        self._stop_judging()
        self._set(verdicts={})

    @Slot(object)
    def _engine_ready(self, _ready: Ready) -> None:
        self._read_again()
        self._judge_missing()

    def _read_again(self) -> None:
        """What another encoder has read."""
        ready = self._inference.current
        if ready is None:
            return
        for tile in self.state.tiles:
            under_way = tile.key in self._reading_again.values()
            if tile.reading is not None and not under_way and not _by(tile, ready):
                task = self._inference.ask(partial(_read_again, tile.reading))
                self._reading_again[task] = tile.key
                task.on(self._was_read_again)

    @Slot(object)
    def _was_read_again(self, reading: FaceReading) -> None:
        task = self.sender()
        key = self._reading_again.pop(task, None) if isinstance(task, Task) else None
        tile = None if key is None else self.state.tile(key)
        if tile is not None:
            self._replace(tile, reading=reading)


def _by(tile: Tile, ready: Ready) -> bool:
    """Whether the engine that stands by has read it."""
    return tile.reading is not None and tile.reading.embedding.encoder == ready.info.encoder


# For the inference thread.


def _judge(
    pairs: dict[Keys, tuple[FaceReading, FaceReading]], strictness: Strictness, engine: FaceEngine
) -> dict[Keys, Verdict]:
    return {keys: engine.compare(left, right, strictness).verdict for keys, (left, right) in pairs.items()}


def _read_again(reading: FaceReading, engine: FaceEngine) -> FaceReading:
    return engine.read_again(reading)
