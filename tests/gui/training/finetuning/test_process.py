"""The training process, spoken to and listened to: real child processes that behave well or badly."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from siamgui.core.training_part import TrainingMissing
from siamgui.finetuning.events import (
    Cancelled,
    Epoch,
    Failed,
    Finished,
    Paused,
    Progressed,
    event_of,
)
from siamgui.gui.training.finetuning.process import Ending, TrainingProcess, command
from siamgui.vault.key import Key
from tests.builders.window import PATIENCE

EPOCH = {
    "event": "epoch",
    "epoch": 1,
    "loss": 0.5,
    "validation_loss": None,
    "eer": 0.2,
    "edges": [0, 1, 2],
    "genuine": [3, 1],
    "impostor": [0, 4],
    "best": True,
}


class Listener:
    """A process and everything that it said."""

    def __init__(self, qtbot: QtBot, script: str, program: str = sys.executable) -> None:
        self.qtbot = qtbot
        self.process = TrainingProcess((program, "-c", script))
        self.heard: list[object] = []
        self.ended: list[tuple[object, object]] = []
        self.process.heard.connect(self.heard.append)
        self.process.ended.connect(lambda ending, error: self.ended.append((ending, error)))
        self.process.start()

    def wait_for(self, kind: type) -> None:
        self.qtbot.waitUntil(lambda: any(isinstance(report, kind) for report in self.heard), timeout=PATIENCE)

    def end(self) -> tuple[object, object]:
        self.qtbot.waitUntil(lambda: bool(self.ended), timeout=PATIENCE)
        assert len(self.ended) == 1
        return self.ended[0]


@pytest.fixture
def run(qtbot: QtBot) -> Iterator[Callable[..., Listener]]:
    listeners: list[Listener] = []

    def make(script: str, *values: str) -> Listener:
        listeners.append(Listener(qtbot, script, *values))
        return listeners[-1]

    yield make
    for listener in listeners:
        listener.process.leave()
        listener.process.deleteLater()


def test_reports_come_through_whatever_stands_between_them(run: Callable[..., Listener]) -> None:
    epoch = json.dumps(EPOCH)
    listener = run(f"""
import sys
out = sys.stdout.buffer
def say(data):
    out.write(data); out.flush()
epoch = {epoch!r}.encode()
say(b"a library says hello\\n")
say(b"\\xff\\xfe\\x00 not text\\n[1, 2]\\n3\\n" + b"[" * 5000 + b"\\n")
say(b'{{"event": "nobody knows"}}\\n{{"event": "epoch", "eer": 1}}\\n{{"event": ["epoch"]}}\\n')
say(epoch[:20])
sys.stderr.write("a warning\\n" * 20000); sys.stderr.flush()
say(epoch[20:] + b"\\n\\n" + epoch + b"\\r\\n")
say(b"x" * 3_000_000 + b"\\n")
say(b'{{"event": "finished", "version": "mine-1", "allowed": true}}')
say(b"\\n")
""")
    ending, error = listener.end()
    assert (ending, error) == (Ending.FINISHED, None)
    read = event_of(json.dumps(EPOCH).encode())
    assert isinstance(read, Epoch)
    assert read.genuine == (3.0, 1.0)
    assert listener.heard == [read, read, Finished("mine-1", True)]


@pytest.mark.parametrize(
    "change",
    [
        {"eer": None},
        {"eer": "NaN"},
        {"genuine": [1]},
        {"edges": [0, 1, float("inf")]},
        {"edges": []},
        {"impostor": None},
        {"epoch": "first"},
    ],
)
def test_a_report_with_a_wrong_value_is_no_report(change: dict[str, object]) -> None:
    assert event_of(json.dumps(EPOCH | change).encode()) is None


def test_what_is_said_reaches_it(run: Callable[..., Listener]) -> None:
    listener = run("""
import json, sys
print(json.dumps({"event": "progress", "phase": "training", "done": 1, "total": 9, "seconds_left": None}), flush=True)
for line in sys.stdin:
    word = line.strip()
    print(json.dumps({"event": {"pause": "paused", "cancel": "cancelled"}[word]}), flush=True)
    if word == "cancel":
        sys.exit(3)
""")
    listener.wait_for(Progressed)
    assert listener.heard == [Progressed("training", 1, 9, None)]
    listener.process.tell("pause")
    listener.wait_for(Paused)
    listener.process.tell("cancel")
    assert listener.end() == (Ending.CANCELLED, None)
    assert listener.heard[-1] == Cancelled()
    listener.process.tell("pause")  # to nobody


def test_its_own_sentence_is_the_error(run: Callable[..., Listener]) -> None:
    said = json.dumps({"event": "failed", "text": "The disk is full: {make} room."})
    ending, error = run(f"import sys; print({said!r}); sys.exit(2)").end()
    assert ending is Ending.FAILED
    assert str(error) == "The disk is full: {make} room."


@pytest.mark.parametrize(
    "script", ["import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "raise RuntimeError('/home/me/secret')"]
)
def test_a_crash_is_one_sentence(run: Callable[..., Listener], script: str) -> None:
    ending, error = run(script).end()
    assert ending is Ending.CRASHED
    assert str(error).startswith("Training stopped unexpectedly.")
    assert "secret" not in str(error)


def test_a_python_that_is_not_there(run: Callable[..., Listener]) -> None:
    ending, error = run("", "/nowhere/python").end()
    assert ending is Ending.FAILED
    assert str(error) == "Training could not be started. Install siamgui again."


def test_leaving_ends_it_and_says_nothing_more(run: Callable[..., Listener]) -> None:
    listener = run("""
import sys
print('{"event": "paused"}', flush=True)
sys.stdin.read()
print('{"event": "cancelled"}', flush=True)
sys.exit(3)
""")
    listener.wait_for(Paused)
    listener.process.leave()
    assert listener.ended == []
    assert listener.heard == [Paused()]


def test_failed_is_read() -> None:
    assert event_of(b'{"event": "failed", "text": "No."}') == Failed("No.")


def test_nothing_that_lies_where_a_person_works_is_imported(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise RuntimeError('imported')")
    (tmp_path / "siamgui").mkdir()
    monkeypatch.chdir(tmp_path)
    process = TrainingProcess(command(tmp_path / "no run"), key=Key.random())
    with qtbot.waitSignal(process.ended, timeout=PATIENCE) as ended:
        process.start()
    ending, error = ended.args
    assert ending is Ending.FAILED
    assert "imported" not in str(error)


def test_without_the_training_part_nothing_is_started(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    ending, error = Listener(qtbot, "print('started')").end()
    assert ending is Ending.FAILED
    assert isinstance(error, TrainingMissing)
