"""The experiment on the AT&T faces: who is tested, how rates are counted, that it learns, stops and refuses."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from siamgui.cli import main
from siamgui.core.errors import Cancelled, SiamguiError
from siamgui.finetuning import att_faces
from siamgui.finetuning.att_faces import AttResult, SplitResult


def sphere(people: int, noise: float, seed: int = 0) -> att_faces.Doubles:
    """(people, 10, 50) unit vectors around one centre each."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(people, 1, 50)) + noise * random.normal(size=(people, 10, 50))
    return np.asarray(x / np.linalg.norm(x, axis=2, keepdims=True))


# Who is tested.


@given(st.integers(0, 1000), st.integers(0, 5))
def test_eight_splits_test_everyone_once(seed: int, eights: int) -> None:
    splits = [att_faces.tested_people(seed, 8 * eights + number) for number in range(8)]
    assert all(len(split) == 5 for split in splits)
    assert sorted(np.concatenate(splits)) == list(range(40))


def test_seeds_and_eights_differ() -> None:
    first = att_faces.tested_people(0, 0).tolist()
    assert first == att_faces.tested_people(0, 0).tolist()
    assert first != att_faces.tested_people(1, 0).tolist()
    assert first != att_faces.tested_people(0, 8).tolist()


# How rates are counted.


def test_false_rejects_by_hand() -> None:
    impostor = np.arange(100.0)  # at most 10, 7, 5 of 100 may exceed the limit: it is 89, 92, 94
    genuine = np.array([89.0, 89.5, 92.5, 95.0])
    assert att_faces.false_rejects(genuine, impostor) == (0.25, 0.5, 0.75)


def test_ties_are_never_accepted_too_often() -> None:
    """All scores equal: accepting one would accept all impostors."""
    assert att_faces.false_rejects(np.zeros(10), np.zeros(50)) == (1.0, 1.0, 1.0)


@given(st.integers(0, 10_000), st.floats(0.01, 100), st.floats(-50, 50))
def test_no_fixed_limit(seed: int, scale: float, offset: float) -> None:
    """Mistake of public implementations: a limit of 0.5 whatever the scale. Here only the order counts."""
    random = np.random.default_rng(seed)
    genuine, impostor = random.normal(1, 1, 40), random.normal(-1, 1, 80)
    moved = att_faces.false_rejects(scale * genuine + offset, scale * impostor + offset)
    assert moved == att_faces.false_rejects(genuine, impostor)
    limit = -np.sort(-impostor)[8]
    assert (impostor > limit).mean() <= 0.1
    assert moved[0] <= moved[1] <= moved[2]


def test_single_pairs_leave_out_self_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[tuple[int, int]] = []
    rates = att_faces.false_rejects
    monkeypatch.setattr(
        att_faces,
        "false_rejects",
        lambda genuine, impostor: counted.append((len(genuine), len(impostor))) or rates(genuine, impostor),
    )
    assert att_faces.single_rates(sphere(5, 0.1)) == (0, 0, 0)
    att_faces.person_model_rates(sphere(5, 0.1))
    # 5 people x 45 pairs, 10 pairs of people x 100; 5 x 252 models x 5 others of the person, x 40 of other people.
    assert counted == [(225, 1000), (6300, 50_400)]


def test_no_photograph_probes_its_own_model() -> None:
    """With photographs that have nothing in common a model must not do better than chance."""
    noise = sphere(5, 1e6)
    rates = att_faces.person_model_rates(noise)
    assert rates[0] == pytest.approx(0.9, abs=0.08)
    assert att_faces.single_rates(noise)[0] == pytest.approx(0.9, abs=0.08)


def test_five_photographs_know_a_person_better_than_one() -> None:
    vectors = sphere(5, 1.6)
    model, single = att_faces.person_model_rates(vectors), att_faces.single_rates(vectors)
    assert all(five < one for five, one in zip(model, single, strict=True))


# The run itself, on the real faces.


@pytest.fixture(autouse=True)
def _one_thread() -> object:
    """Sums of several threads may differ in the last digit from run to run."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def test_faces_are_halved_exactly(att: Path) -> None:
    faces = att_faces.load(att)
    assert faces.shape == (40, 10, 1, 56, 46)
    original = np.array(Image.open(att / "s7" / "3.pgm")).astype(np.float64)
    assert float(faces[6, 2, 0, 10, 20]) == pytest.approx(original[20:22, 40:42].mean())


def test_a_short_run_learns(att: Path) -> None:
    ticks: list[tuple[int, int]] = []
    before = torch.random.get_rng_state()
    result = att_faces.run(att, splits=1, seed=100, progress=lambda done, total: ticks.append((done, total)), steps=25)
    assert torch.equal(torch.random.get_rng_state(), before)
    assert ticks == [(step, 25) for step in range(1, 26)]
    (split,) = result.splits
    tested = att_faces.tested_people(100, 0)
    assert split.people == tuple((tested + 1).tolist())
    assert split.seconds > 0
    torch.manual_seed(0)
    untrained = att_faces.embed(att_faces.Chopra2005(), att_faces.load(att)[tested])
    assert split.single[2] < 0.8 * att_faces.single_rates(untrained)[2]
    assert split.person_model[2] < 0.8 * att_faces.person_model_rates(untrained)[2]
    assert json.loads(json.dumps(result.to_json()))["mean"]["person_model"] == list(split.person_model)


def test_one_seed_gives_one_network(att: Path) -> None:
    faces = att_faces.load(att)[:16]

    def weights(seed: int) -> torch.Tensor:
        network = att_faces.train(faces, (seed, 0), 2, lambda step: None, lambda: False)
        return torch.cat([parameter.detach().flatten() for parameter in network.parameters()])

    first = weights(1)
    assert torch.equal(first, weights(1))
    assert not torch.equal(first, weights(2))


def test_stops_before_the_next_step(att: Path) -> None:
    done: list[int] = []
    with pytest.raises(Cancelled):
        att_faces.run(att, 2, progress=lambda step, _: done.append(step), stopped=lambda: len(done) == 2, steps=100)
    assert done == [1, 2]


# Folders that are not the AT&T faces: one sentence each.


@pytest.fixture
def faces(tmp_path: Path) -> Path:
    """A folder of the right shape."""
    picture = np.random.default_rng(0).integers(0, 256, (112, 92), dtype=np.uint8)
    folder = tmp_path / "faces"
    for person in range(1, 41):
        (folder / f"s{person}").mkdir(parents=True)
        for photo in range(1, 11):
            Image.fromarray(picture).save(folder / f"s{person}" / f"{photo}.pgm")
    return folder


def refusal(folder: Path) -> str:
    with pytest.raises(SiamguiError) as caught:
        att_faces.run(folder, splits=1, steps=1)
    return str(caught.value)


def test_the_right_shape_is_taken(faces: Path) -> None:
    (faces / "README").write_text("not a person")
    (faces / "s41").mkdir()
    assert att_faces.load(faces).shape == (40, 10, 1, 56, 46)


def test_missing_folder_and_file(tmp_path: Path) -> None:
    sentence = "There is no folder “att”. Choose the folder of the AT&T faces, which holds s1 to s40."
    assert refusal(tmp_path / "att") == sentence
    (tmp_path / "att").write_text("a file")
    assert refusal(tmp_path / "att") == sentence


def test_empty_and_incomplete_folders(faces: Path) -> None:
    (faces.parent / "empty").mkdir()
    assert refusal(faces.parent / "empty").startswith("“empty” does not hold the AT&T faces: “s1/1.pgm” is missing.")
    (faces / "s3" / "7.pgm").unlink()
    assert refusal(faces).startswith("“faces” does not hold the AT&T faces: “s3/7.pgm” is missing.")
    shutil.rmtree(faces / "s3")
    (faces / "s3").write_text("a file")
    assert refusal(faces).startswith("“faces” does not hold the AT&T faces: “s3/1.pgm” is missing.")


def test_damaged_photographs_are_named_with_their_folder(faces: Path) -> None:
    photo = faces / "s40" / "10.pgm"
    photo.write_bytes(photo.read_bytes()[:500])
    assert refusal(faces).startswith("“s40/10.pgm” is")
    photo.write_bytes(b"")
    assert refusal(faces) == "“s40/10.pgm” is empty. Copy or download it again."
    photo.unlink()
    photo.mkdir()
    assert refusal(faces).startswith("“s40/10.pgm” is a folder.")


def test_photographs_of_another_size(faces: Path) -> None:
    Image.new("L", (46, 56)).save(faces / "s2" / "5.pgm")
    assert refusal(faces) == (
        "“s2/5.pgm” has 46 × 56 pixels. The photos of the AT&T faces have 92 × 112: use the originals."
    )


def test_the_command_says_the_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--recipe", "att-faces", str(tmp_path / "att")]) == 2
    assert capsys.readouterr().err.strip().endswith("Choose the folder of the AT&T faces, which holds s1 to s40.")


# Words.


def test_text_shows_splits_means_and_the_paper() -> None:
    splits = (
        SplitResult((1, 2, 3, 4, 5), (0.0, 0.0, 0.001), (0.02, 0.03, 0.05), 61.2),
        SplitResult((6, 7, 8, 9, 10), (0.0, 0.01, 0.02), (0.04, 0.05, 0.1234), 70.8),
    )
    assert att_faces.text(AttResult(0, 1000, splits)).split("\n") == [
        "AT&T faces: trained on 35 people, tested on 5 others; false rejects at 10 / 7.5 / 5 % false accepts:",
        "Split 1 (s1 s2 s3 s4 s5): five-photo model 0 / 0 / 0.1 %, single pairs 2 / 3 / 5 %; trained in 61 s",
        "Split 2 (s6 s7 s8 s9 s10): five-photo model 0 / 1 / 2 %, single pairs 4 / 5 / 12.3 %; trained in 71 s",
        "Mean: five-photo model 0 / 0.5 / 1.05 %, single pairs 3 / 4 / 8.67 %",
        "Chopra, Hadsell and LeCun (2005): five-photo model 0 / 1 / 1 %",
        "The longest training took 71 s on one CPU thread.",
    ]
