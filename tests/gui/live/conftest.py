"""Films of the bundled photographs, people who are enrolled, and the live page in the real window."""

from __future__ import annotations

from pathlib import Path

import pytest

from siamgui.core.imaging import load_photo
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import Pixels
from siamgui.storage.people_store import PeopleStore
from tests.builders.live_page import Live, sitting
from tests.builders.videos import beside, portrait, write
from tests.builders.window import User


@pytest.fixture(scope="package")
def faces(engine: FaceEngine, samples: Path) -> dict[str, Pixels]:
    """Head and shoulders of the bundled photographs."""
    found = {}
    for name in ("obama2", "biden"):
        photo = load_photo(samples / f"{name}.jpg")
        detection = engine.find_faces(photo)
        found[name] = portrait(photo.pixels, detection.faces[detection.prominent])
    return found


@pytest.fixture(scope="package")
def clips(tmp_path_factory: pytest.TempPathFactory, faces: dict[str, Pixels]) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("clips")
    obama, biden = sitting(faces["obama2"], 250), sitting(faces["biden"], 250)
    return {
        name: write(folder / f"{name}.avi", clip)
        for name, clip in (
            ("obama", obama),
            ("biden", biden),
            ("exchanged", [*obama[:75], *biden[:40]]),
            ("exchanged late", [*obama[:225], *biden[:75]]),
            ("both", [frame[:, 120:840] for frame in beside(obama, biden)]),
            ("short", obama[:4]),
            ("long", obama * 15),  # a stream is read as fast as it can be
        )
    }


@pytest.fixture
def live(user: User) -> Live:
    return Live(user)


@pytest.fixture
def enrolled(engine: FaceEngine, samples: Path) -> None:
    """Two people, one of them with two photographs."""
    with PeopleStore.open() as people:
        for name, photos in (("Barack Obama", ("obama1", "obama3")), ("Joe Biden", ("biden",))):
            read = []
            for photo in (load_photo(samples / f"{photo}.jpg") for photo in photos):
                read.append((photo, engine.read_photo(photo).reading))
            people.enrol(name, "", None, read)
