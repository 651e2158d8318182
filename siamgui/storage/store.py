"""One store for everything that is kept: a request goes in as a value, its result comes out as a value.

An operation says what it changes. Those that change something are done one after another over one connection; those
that only look have connections of their own and never wait for a change. Each is one transaction: what it reads is of
one moment, and what it writes is written whole or not at all. What it changes beside the file comes when that is kept.
"""

from __future__ import annotations

import enum
import queue
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import ClassVar, Generic, Self, TypeVar

from siamgui.core.paths import LIBRARY, TRAINING, VERSIONS, data_folder
from siamgui.core.types import Pixels
from siamgui.storage.collection_store import CollectionStore
from siamgui.storage.comparison_log import ComparisonLog
from siamgui.storage.database import Database, Keeper
from siamgui.storage.errors import LibraryError, LibraryLost
from siamgui.storage.group_store import GroupStore
from siamgui.storage.label_store import LabelStore
from siamgui.storage.owed_removals import OwedRemovals
from siamgui.storage.pending import Pending
from siamgui.storage.people_store import PeopleStore
from siamgui.storage.removing import carry_out_owed
from siamgui.storage.traces import Traces
from siamgui.storage.verification_log import VerificationLog
from siamgui.vault.key import Key
from siamgui.versions.version_store import VersionStore

R = TypeVar("R")


class Topic(enum.Enum):
    """What may have changed. LABELS: faces to train on and what is said of them. NOTES: what a page remembers.

    COLLECTIONS: folders that are searched, and the faces in them. ANSWERS: what was said of these.
    COMPARISONS: those that were written down.
    """

    LABELS = enum.auto()
    PEOPLE = enum.auto()
    LOG = enum.auto()
    NOTES = enum.auto()
    VERSIONS = enum.auto()
    COLLECTIONS = enum.auto()
    ANSWERS = enum.auto()
    COMPARISONS = enum.auto()


Topics = frozenset[Topic]
ALL_TOPICS: Topics = frozenset(Topic)


class Left:
    """What tidying up has left, for all threads. stays: whether files that are to go could not be removed."""

    stays = False


class Data:
    """What operations work on: all keepers over one connection. Used by one thread at a time.

    thumbs: small pictures of the people's photographs by id, made once for all threads.
    """

    def __init__(self, file: Database, thumbs: dict[int, Pixels], left: Left) -> None:
        self.file = file
        self.thumbs = thumbs
        self.left = left
        self.labels = LabelStore(file)
        self.people = PeopleStore(file)
        self.log = VerificationLog(file)
        self.comparisons = ComparisonLog(file)
        self.notes = Keeper(file)
        self.collections = CollectionStore(file)
        self.groups = GroupStore(file)
        self.traces = Traces(file)
        self.owed_removals = OwedRemovals(file)
        self.labelled_went = False  # in the operation under way, which need not be about labels
        self.searched_went = False  # or faces of folders that are searched
        self.compared_went = False  # or comparisons that were written down

    def close(self) -> None:
        self.owed_removals.close()
        self.file.close()


class Operation(ABC, Generic[R]):
    """A request to the store whose result is an R; a frozen dataclass.

    changes: the topics that may be others afterwards; empty where it only looks.
    """

    changes: ClassVar[Topics] = frozenset()

    @abstractmethod
    def run(self, data: Data) -> R:
        """Within one transaction. Raises LibraryError, and what the operation says."""

    def afterwards(self, data: Data, answer: R) -> None:
        """What it changes beside the library, once that which run() has written is kept and others can write again.

        It may wait for others. Raises what the operation says; what run() has written stays.
        """


class Store:
    """For any number of threads. Nothing is opened before the first operation."""

    def __init__(self, path: Path | None = None, key: Key | None = None) -> None:
        """path: None for library.sqlite in the data folder; made when absent. key: None for that of its vault."""
        self._path, self._key = path, key
        self._change = threading.Lock()
        self._writer_made = threading.RLock()
        self._looks = threading.Condition()
        self._looking, self._shut = 0, False
        self._had = False  # the library has been open
        self._writer: Data | None = None
        self._idle: queue.SimpleQueue[Data] = queue.SimpleQueue()  # readers
        self._versions: tuple[int, ...] = ()  # as they were when they were last looked at
        self._thumbs: dict[int, Pixels] = {}
        self._left = Left()
        self._listeners: list[Callable[[Topics], None]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def listen(self, listener: Callable[[Topics], None]) -> None:
        """Have listener told what has changed, on the thread that changed or noticed it. It must not ask the store."""
        self._listeners.append(listener)

    def do(self, operation: Operation[R]) -> R:
        """Carry out one operation -> its result.

        Raises LibraryError, LibraryNewer when it is the first, and what the operation raises; then nothing has changed
        but what is kept before it goes on beside the library (Operation.afterwards).
        """
        if not operation.changes:
            return self._look(operation)
        with self._change:
            data = self._opened()
            topics = ALL_TOPICS if data.file.changed_elsewhere() else frozenset[Topic]()
            before = data.file.changes
            try:
                with data.file.writing():
                    answer = operation.run(data)
                if data.labelled_went:
                    data.labelled_went, topics = False, topics | {Topic.LABELS}
                if data.searched_went:
                    data.searched_went, topics = False, topics | {Topic.COLLECTIONS, Topic.ANSWERS}
                if data.compared_went:
                    data.compared_went, topics = False, topics | {Topic.COMPARISONS}
                if data.file.changes != before:
                    topics |= operation.changes
                operation.afterwards(data, answer)
                if data.traces.owed and data.traces.settle():
                    topics |= {Topic.NOTES, Topic.VERSIONS}
                if Topic.VERSIONS in operation.changes:
                    self._versions = VersionStore().fingerprint()
                    topics |= operation.changes
            finally:
                self._tell(topics)
        return answer

    def look_elsewhere(self) -> None:
        """Tell the listeners where another process has changed something since the last time. Opens nothing."""
        with self._change:
            if self._writer is None:
                return
            before, self._versions = self._versions, VersionStore().fingerprint()
            if self._writer.file.changed_elsewhere():
                self._tell(ALL_TOPICS)
            elif before != self._versions:
                self._tell(frozenset({Topic.VERSIONS}))

    @property
    def pending(self) -> frozenset[Pending]:
        """What of that which was removed is not gone yet, and why; see settle()."""
        data = self._writer
        if data is None:
            return frozenset()
        others = {
            Pending.READ: data.file.behind,
            Pending.OWED: data.owed_removals.late,
            Pending.STAYS: self._left.stays,
        }
        return data.traces.owed | {kind for kind, there in others.items() if there}

    def settle(self) -> None:
        """Do what is pending, as far as that is possible by now; others are not waited for. Raises LibraryError."""
        with self._change:
            self._settle()

    def _settle(self) -> None:
        if self._writer is not None:
            if self._writer.owed_removals.late:
                carry_out_owed(self._writer)
                self._tell(ALL_TOPICS)
            if self._writer.traces.owed:
                self._writer.traces.settle()
            if self._left.stays:
                from siamgui.storage.tidying import tidy_up

                tidy_up(self._writer)
            self._writer.file.settle()

    def close(self) -> None:
        """When no operation is under way; the next one opens the file anew."""
        with self._change:
            self._close_all()

    def _close_all(self) -> None:
        if self._writer is not None:
            with suppress(LibraryError):  # there is a next time
                self._settle()
            self._writer.close()
            self._writer = None
        while not self._idle.empty():
            self._idle.get().close()

    def alone(self, work: Callable[[], R]) -> R:
        """Have work done while nothing of the library is open here; what it replaces is seen by all that comes after.

        Changes and looks wait for it. Raises what work raises.
        """
        with self._change:
            with self._looks:
                self._shut = True
                self._looks.wait_for(lambda: not self._looking)
            try:
                self._close_all()
                return work()
            finally:
                with self._looks:
                    self._shut = False
                    self._looks.notify_all()
                self._tell(ALL_TOPICS)

    def trouble(self) -> LibraryError | None:
        """What keeps anything from being saved now; None too while nothing has been opened."""
        data = self._writer
        if data is not None:
            return data.file.trouble()
        return self._lost()

    def _lost(self) -> LibraryLost | None:
        """Where there was a library and is none: an empty one would look as if nothing had ever been kept."""
        path = self._path or data_folder() / LIBRARY
        return LibraryLost(name=path.name) if self._had and not path.exists() else None

    def _look(self, operation: Operation[R]) -> R:
        with self._looks:
            self._looks.wait_for(lambda: not self._shut)
            self._looking += 1
        try:
            return self._looked(operation)
        finally:
            with self._looks:
                self._looking -= 1
                self._looks.notify_all()

    def _looked(self, operation: Operation[R]) -> R:
        if self._writer is None:  # from now on it notices what others change
            with self._writer_made:
                self._opened()
        data = self._reader()
        try:
            with data.file.reading():
                return operation.run(data)
        finally:
            self._idle.put(data)

    def _reader(self) -> Data:
        with suppress(queue.Empty):
            data = self._idle.get_nowait()
            if not data.file.lost:
                return data
            data.close()
        return self._open()

    def _open(self) -> Data:
        lost = self._lost()
        if lost is not None:
            raise lost
        data = Data(Database.open(self._path, key=self._key, any_thread=True), self._thumbs, self._left)
        self._had = True
        return data

    def _opened(self) -> Data:
        with self._writer_made:
            if self._writer is not None and self._writer.file.lost:
                self._writer.close()
                self._writer = None
                self._tell(ALL_TOPICS)
            if self._writer is None:
                writer = self._open()
                with suppress(LibraryError):  # there is a next time
                    carry_out_owed(writer)  # before anybody sees them
                writer.file.recall()
                writer.traces.recall()
                self._writer = writer
                if self._path is None:
                    self._move_files_in(data_folder())
                self._versions = VersionStore().fingerprint()
            return self._writer

    @staticmethod
    def _move_files_in(root: Path) -> None:
        if any((root / name).is_dir() for name in (TRAINING, VERSIONS)):
            from siamgui.storage.moving_files_in import move_files_in

            move_files_in(root)

    def _tell(self, topics: Topics) -> None:
        if topics:
            for listener in self._listeners:
                listener(topics)
