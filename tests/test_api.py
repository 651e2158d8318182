"""siamgui as a library: what it gives, what it imports, and its examples, run."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import siamgui
from siamgui import Engine, api, compare, embed, find_faces
from siamgui.core.imaging import load_photo
from siamgui.core.resources import resource
from tests.builders.command_line import Capture, compare_json, no_face
from tests.conftest import ROOT

EXAMPLES = ROOT / "examples"


def test_compare_says_what_the_command_says_of_paths_bytes_and_pixels(capsys: Capture, samples: Path) -> None:
    left, right = samples / "obama1.jpg", samples / "biden.jpg"
    said = compare_json(capsys, left, right, "--strictness", "strict")
    pixels = load_photo(right).pixels
    for one, other in ((left, right), (str(left), pixels), (left.read_bytes(), right)):
        answer = compare(one, other, strictness="strict")
        assert answer.verdict.outcome.value == said["verdict"]
        assert answer.verdict.distance == pytest.approx(said["distance"], abs=1e-5)
        assert answer.verdict.strictness is api.Strictness.STRICT
    assert api.words(answer)[0] == said["words"]["headline"]
    assert not Path(os.environ["SIAMGUI_DATA"]).exists()  # nothing is kept


def test_faces_embeddings_and_what_was_read_before(samples: Path, tmp_path: Path) -> None:
    engine = Engine("cpu")
    (face,) = find_faces(samples / "obama1.jpg")
    assert face.landmarks.shape == (5, 2)
    embedding = embed(samples / "obama1.jpg", 1)
    assert np.linalg.norm(embedding.vector) == pytest.approx(1, abs=1e-5)
    assert embedding.encoder == engine.info.encoder
    read = engine.read(samples / "obama1.jpg")
    assert engine.compare(read, samples / "obama2.jpg").verdict.outcome is api.Outcome.SAME
    no_face(tmp_path / "wall.jpg")
    assert find_faces(tmp_path / "wall.jpg") == ()
    with pytest.raises(api.SiamguiError, match="No face was found"):
        embed(tmp_path / "wall.jpg")
    with pytest.raises(api.SiamguiError, match="faces 1 to 1"):
        embed(samples / "obama1.jpg", 2)


def test_what_another_encoder_has_read_is_not_compared(samples: Path) -> None:
    engine = Engine("cpu")
    read = engine.read(samples / "obama1.jpg")
    other = replace(read.reading, embedding=replace(read.reading.embedding, encoder="another 1"))
    with pytest.raises(ValueError, match="another encoder"):
        engine.compare(replace(read, reading=other), read)
    with pytest.raises(api.SiamguiError, match="no model version"):
        Engine("cpu", "nowhere")


def test_a_number_beside_a_reading_is_not_passed_over(samples: Path) -> None:
    """It was: the face that had been read was compared, whichever was asked for."""
    engine = Engine("cpu")
    read = engine.read(samples / "obama1.jpg")
    with pytest.raises(ValueError, match="chosen already"):
        engine.compare(read, samples / "obama2.jpg", left_face=2)


def test_whoever_does_not_ask_for_the_library_does_not_wait_for_it() -> None:
    code = "import sys, siamgui, siamgui.cli; print(*sorted(set(sys.modules) & {'siamgui.api', 'numpy', 'openvino'}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
    assert set(siamgui._PUBLIC) <= set(dir(siamgui))
    with pytest.raises(AttributeError, match="no attribute 'recognise'"):
        _ = siamgui.recognise  # type: ignore[attr-defined]
    assert resource("samples").exists()
    assert (Path(siamgui.__file__).parent / "py.typed").exists()


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("compare_two", ("obama1.jpg", "obama2.jpg"), "Supports: same person"),
        ("every_face", ("obama1.jpg",), "face 1: "),
        ("nearest", ("obama1.jpg", "."), "0.00  obama1.jpg"),
    ],
)
def test_examples(
    name: str,
    arguments: tuple[str, ...],
    said: str,
    samples: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
) -> None:
    monkeypatch.setattr(sys, "argv", [name, *(str(samples / argument) for argument in arguments)])
    runpy.run_path(str(EXAMPLES / f"{name}.py"), run_name="__main__")
    assert said in capsys.readouterr().out


def test_the_code_of_the_article_fails_where_the_loss_of_the_paper_passes(capsys: Capture) -> None:
    runpy.run_path(str(EXAMPLES / "article_loss.py"), run_name="__main__")
    told = [int(line.split()[-2]) for line in capsys.readouterr().out.splitlines()]
    untrained, paper, article = told
    assert article < 50 < untrained < paper


def test_every_example_is_run() -> None:
    names = [path.stem for path in EXAMPLES.glob("*.py")]
    assert sorted(names) == ["article_loss", "compare_two", "every_face", "nearest"]
