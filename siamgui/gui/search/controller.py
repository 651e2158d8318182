"""The page Search without its looks: whose face is looked for, where, and what was found."""

from __future__ import annotations

import os
import threading
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot

from siamgui.core.errors import Cancelled, SiamguiError
from siamgui.core.formats import is_video
from siamgui.core.i18n import mark
from siamgui.core.types import FaceChoice, Photo, PhotoReading, Strictness
from siamgui.gui.compare.controller import FaceIn
from siamgui.gui.controller import known
from siamgui.gui.inference import Inference, Ready
from siamgui.gui.live.reference_controller import ReferenceController
from siamgui.gui.live.state import ReferenceKind
from siamgui.gui.photos.sources import Source
from siamgui.gui.search.face_crops import FaceCrops
from siamgui.gui.search.finder import PAGE, Finder
from siamgui.gui.search.folder_reading import FolderReading
from siamgui.gui.search.groups.controller import GroupsController
from siamgui.gui.search.lent_engine import LentEngine
from siamgui.gui.search.state import Problems, SearchState
from siamgui.gui.store import WindowStore
from siamgui.gui.store_controller import StoreController
from siamgui.gui.tasks import Task, Workers
from siamgui.storage.collection_operations import ListCollections, ReadKnownFiles, RemoveCollection
from siamgui.storage.store import Topic

if TYPE_CHECKING:
    from siamgui.gui.camera.controller import CameraController
    from siamgui.search.values import Found, Likeness
    from siamgui.storage.collection_values import Collection, KnownFile
    from siamgui.storage.people_store import Person


class SearchBroken(SiamguiError):
    text = mark("The folders that were read cannot be shown.")


class SearchController(StoreController[SearchState]):
    topics = frozenset({Topic.COLLECTIONS})
    broken = SearchBroken
    camera_changed = Signal()
    """A camera stands in the place of the photograph, or no longer."""
    _loaded = Signal(int)

    def __init__(
        self,
        store: WindowStore,
        decoders: Workers,
        inference: Inference,
        strictness: Strictness,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(SearchState(strictness), store, parent)
        self._decoders, self._inference = decoders, inference
        self.question = ReferenceController(store, decoders, inference, self)
        self.crops = FaceCrops(self)
        self.folders = FolderReading(store, inference, self)
        self.groups = GroupsController(store, inference, self)
        self.camera: CameraController | None = None
        """While one stands in the place of the photograph."""
        self._workers = Workers(1, "search", self)
        self._stop = threading.Event()
        self._finder: Finder | None = None
        self._task: Task | None = None
        self._asked: tuple[object, ...] = ()
        self._wanted = self._stale = False
        self.question.changed.connect(self._question_changed)
        self.folders.changed.connect(self._folders_changed)
        self.folders.ended.connect(self._reading_ended)
        self.folders.failed.connect(self.report)
        self._loaded.connect(self._some_loaded, Qt.ConnectionType.QueuedConnection)
        inference.loading.connect(self._engine_gone)
        inference.when_ready(self._ready)

    # Whose face.

    def ask_for(self, source: Source, face: FaceChoice | None = None) -> None:
        """face: as ReferenceController.load() takes it."""
        self.close_camera()
        self.question.load(source, face)

    def ask_for_face(self, likeness: Likeness) -> None:
        """A face of the result becomes the question."""
        self.ask_for(*_face_in(likeness))

    def clear(self) -> None:
        self.close_camera()
        if self.state.question.kind is ReferenceKind.PERSON:
            self.question.choose_person(None)
        else:
            self.question.clear()

    def open_camera(self, source: int | Path | None = None) -> None:
        """source: as CameraController.open() takes it."""
        if self.camera is None:
            from siamgui.gui.camera.controller import CameraController

            self.question.choose_kind(ReferenceKind.PHOTO)
            self.camera = CameraController(self)
            self.camera.captured.connect(self._captured)
            self.camera.cancelled.connect(self.close_camera)
            self.camera.open(source)
            self.camera_changed.emit()

    @Slot()
    def close_camera(self) -> None:
        """Let go of it, where one is open."""
        if self.camera is not None:
            camera, self.camera = self.camera, None
            camera.stop()
            camera.deleteLater()
            self.camera_changed.emit()

    @Slot(object)
    def _captured(self, photo: Photo) -> None:
        self.ask_for(photo)

    @property
    def whom(self) -> PhotoReading | Person | None:
        """Whose likenesses can be looked for now."""
        question = self.state.question
        if question.kind is ReferenceKind.PERSON:
            return question.chosen
        loaded = question.photo.loaded
        return loaded.read if loaded is not None and question.photo.reading is not None else None

    def pair_with(self, likeness: Likeness) -> tuple[FaceIn, FaceIn] | None:
        """The face of the question and that of a likeness, for the page Compare."""
        question, found = self.state.question, _face_in(likeness)
        if question.kind is ReferenceKind.PERSON:
            if question.picture is None or question.chosen is None:
                return None
            from siamgui.core.imaging import photo_from_pixels

            return (photo_from_pixels(question.picture, question.chosen.name), None), found
        loaded = question.photo.loaded
        return None if loaded is None else ((loaded.decoded.photo, loaded.chosen), found)

    # Where.

    def refresh(self) -> None:
        """The page is shown: from now on everything is kept up to date."""
        self._wanted = True
        self.question.refresh()
        self.crops.try_again()
        if self.state.engine:
            self._view.look()

    def add(self, paths: tuple[Path, ...]) -> None:
        """Read these folders."""
        self._decoders.start(lambda: tuple(map(_real, paths))).on(self.folders.read, self.report)

    def read_again(self, collection: Collection) -> None:
        """What is new or has changed in it."""
        self.folders.read((collection.folder,))

    @Slot()
    def go_on(self) -> None:
        """With everything that has not been read to its end."""
        self.folders.read(self.state.unfinished)

    @Slot()
    def pause(self) -> None:
        """What was read is kept."""
        self.folders.pause()

    def remove(self, collection: Collection) -> None:
        """Forget a folder, and everything that was seen in it."""
        self.folders.drop(collection.folder)
        self._set(left_out=self.state.left_out - {collection.id}, problems=None)
        self._do(RemoveCollection(collection.id))

    def leave_out(self, collection: int, out: bool) -> None:
        """Whether a folder is searched."""
        others = self.state.left_out - {collection}
        self._set(left_out=others | {collection} if out else others)
        self._tell_groups()
        self._search()

    def _tell_groups(self) -> None:
        searched = self.state.searched
        every = len(searched) == len(self.state.folders or ())
        self.groups.take_in(() if every else tuple(one.id for one in searched))

    def take(self, paths: tuple[Path, ...]) -> None:
        """What was dropped or pasted: folders are read, the first photograph is the question."""
        self._decoders.start(lambda: _sorted_out(paths)).on(self._sorted_out, self.report)

    @Slot(object)
    def _sorted_out(self, answer: tuple[tuple[Path, ...], tuple[Path, ...]]) -> None:
        folders, others = answer
        if folders:
            self.folders.read(folders)
        if others:
            self.ask_for(others[0])

    def show_problems(self, collection: Collection | None) -> None:
        """None: the likenesses again."""
        if collection is None or not self.state.engine:
            self._set(problems=None)
        else:
            self._store.ask(ReadKnownFiles(collection.id, self.encoder), then=partial(_problems, collection)).on(
                self._problems_known, self.report
            )

    @Slot(object)
    def _problems_known(self, problems: Problems) -> None:
        self._set(problems=problems)

    @property
    def store(self) -> WindowStore:
        return self._store

    @property
    def encoder(self) -> str:
        ready = self._inference.current
        return "" if ready is None else ready.info.encoder

    # How.

    def set_strictness(self, strictness: Strictness) -> None:
        self._set(strictness=strictness)
        self._search()

    # The answer.

    @Slot()
    def more(self) -> None:
        """The next likenesses, where there are further ones."""
        found = self.state.found
        if self._task is None and found is not None and found.more:
            self._ask(len(found.likenesses) + PAGE)

    def _search(self) -> None:
        """Answer the question as it is now; harmless where that is answered already."""
        whom, searched = self.whom, self.state.searched
        if whom is None or not searched or self._finder is None:
            self._give_up()
            if self.state.found is not None or self.state.searching:
                self._set(found=None, searching=False)
            return
        asked = (whom, self.state.strictness, searched if self.current_settled else (), self._finder)
        if asked == self._asked and (self._task is not None or self.state.found is not None):
            return
        same = self._asked[:1] == asked[:1] and self.state.found is not None
        shown = len(self.state.found.likenesses) if same and self.state.found is not None else 0
        self._give_up()
        self._asked = asked
        if not same:
            self._set(found=None, problems=None)
        self._ask(max(PAGE, shown))

    @property
    def current_settled(self) -> bool:
        """Whether nothing is being read: a search on which faces are added all the time would never be done."""
        return self.state.current is None

    def _give_up(self) -> None:
        self._asked = ()
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _ask(self, most: int) -> None:
        """most: likenesses, all from the first: those that were shown may be others while folders are read."""
        finder, whom = self._finder, self.whom
        assert finder is not None
        assert whom is not None
        ids = tuple(one.id for one in self.state.searched)
        work = partial(finder.find, whom, self.state.strictness, ids, most, self._progress)
        self._task = self._workers.start(work).on(self._found, self._not_found)
        self._set(searching=True)

    def _progress(self, count: int) -> None:
        """On the search thread."""
        if self._stop.is_set():
            raise Cancelled
        self._loaded.emit(count)

    @Slot(int)
    def _some_loaded(self, count: int) -> None:
        if self._task is not None:
            self._set(loaded=count)

    @Slot(object)
    def _found(self, found: Found) -> None:
        self._task = None
        self._set(found=found, searching=False, loaded=0)

    @Slot(object)
    def _not_found(self, error: Exception) -> None:
        self._task, self._asked = None, ()
        self._set(searching=False, loaded=0, notice=None if isinstance(error, Cancelled) else known(error))

    # What comes back.

    def _look(self) -> Task:
        return self._store.ask(ListCollections(self.encoder))

    @Slot(object)
    def _seen(self, found: tuple[Collection, ...]) -> None:
        there = {one.id for one in found}
        self._set(folders=found, left_out=self.state.left_out & there, blocked=None)
        self._tell_groups()
        self._search()

    @Slot()
    def _question_changed(self) -> None:
        self._set(question=self.question.state)
        self._search()

    @Slot()
    def _folders_changed(self) -> None:
        reading = self.folders
        self._set(
            current=reading.current,
            reading=reading.state,
            waiting=reading.waiting,
            pausing=reading.pausing,
            paused=reading.paused,
            notes=reading.notes,
        )

    @Slot()
    def _reading_ended(self) -> None:
        """What was read is searched too."""
        if self._wanted:
            self._view.look()
        self._search()

    @Slot(object)
    def _ready(self, ready: Ready) -> None:
        self._stop = threading.Event()
        engine = LentEngine(self._inference, ready, self._stop)
        self._finder = Finder(self._store.lent, engine, ready.calibration)
        self._set(engine=True)
        if self._wanted:
            self._view.look()
        self._search()

    @Slot()
    def _engine_gone(self) -> None:
        """What was found was found by another one."""
        self._stop.set()
        self._give_up()
        self._finder = None
        self._set(engine=False, found=None, searching=False, loaded=0)

    def stop(self) -> None:
        """Reading comes to rest, to go on another time, and nothing that was found is in memory any more."""
        self.close_camera()
        self._stop.set()
        self.question.stop()
        self.folders.stop()
        self.groups.stop()
        self._workers.stop()
        self.crops.stop()
        self._task = self._finder = None


def _face_in(likeness: Likeness) -> FaceIn:
    """For a slot."""
    from siamgui.search.original import choice_of, place_in

    return place_in(likeness.face, likeness.path), choice_of(likeness.face)


def _real(path: Path) -> Path:
    """By which a folder is known, on a thread that may wait for a disk."""
    return Path(os.path.realpath(path))


def _sorted_out(paths: tuple[Path, ...]) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Folders and films, and the rest; on such a thread."""
    folders = [path for path in paths if path.is_dir() or is_video(path)]
    return tuple(map(_real, folders)), tuple(path for path in paths if path not in folders)


def _problems(collection: Collection, files: tuple[KnownFile, ...]) -> Problems:
    """On the thread of the store."""
    return Problems(
        collection, tuple((file.place or collection.folder.name, file.problem) for file in files if file.problem)
    )
