"""Version files that were changed anywhere: taken as they are, or refused in one sentence, and nothing else is opened.

SIAMGUI_FUZZ is how many are tried of each kind; 10,000 take minutes.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from siamgui.core.errors import SiamguiError
from siamgui.core.shown_text import one_line
from siamgui.versions import stored_zip
from siamgui.versions.kept_files import by_key
from siamgui.versions.version_file import read_version_file, read_version_folder

TRIES = int(os.environ.get("SIAMGUI_FUZZ", "150"))
fuzz = settings(
    max_examples=TRIES, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

_opened: list[str] | None = None


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    watched = ("open", "os.listdir", "os.scandir", "subprocess.Popen", "socket.connect")
    if _opened is not None and event in watched and not isinstance(arguments[0], int):  # a number: opened before
        _opened.append(str(arguments[0]))


sys.addaudithook(_hear)


@contextlib.contextmanager
def nothing_opened_but(*allowed: Path) -> Iterator[None]:
    global _opened  # noqa: PLW0603 - an audit hook stays for good
    _opened = []
    try:
        yield
        heard = {name for name in _opened if not name.endswith((".py", ".pyc", ".so")) and "/site-packages" not in name}
        assert heard <= {str(path) for path in allowed}
    finally:
        _opened = None


@pytest.fixture(scope="module")
def content(finished_version: Path) -> dict[str, bytes]:
    """Small: the weights are a header of their own, so that thousands can be tried."""
    parts = {name: (finished_version / name).read_bytes() for name in ("manifest.json", "calibration.json")}
    header = b'{"head.weight":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}}'
    parts["weights.safetensors"] = len(header).to_bytes(8, "little") + header + bytes(16)
    return parts


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz") / "foreign.siamgui"


def rehashed(content: dict[str, bytes], manifest: dict[str, Any]) -> dict[str, bytes]:
    for name in ("weights.safetensors", "calibration.json"):
        with contextlib.suppress(TypeError, KeyError):
            manifest["files"][name]["sha256"] = hashlib.sha256(content[name]).hexdigest()
    return content | {"manifest.json": json.dumps(manifest).encode("utf-8", "surrogatepass")}


def tried(file: Path, data: bytes) -> bool:
    """Whether it was taken."""
    file.write_bytes(data)
    with nothing_opened_but(file):
        try:
            taken = read_version_file(file, None)
        except SiamguiError as error:
            sentence = str(error)
            assert "foreign.siamgui" in sentence
            assert one_line(sentence) == sentence
            assert len(sentence) < 600
            return False
    assert taken.model.name.isprintable()
    return True


def test_what_is_whole_is_taken(file: Path, content: dict[str, bytes]) -> None:
    assert tried(file, stored_zip.write(rehashed(content, json.loads(content["manifest.json"]))))


_texts = st.one_of(
    st.text(max_size=80),
    st.sampled_from(
        [
            "/etc/passwd",
            "../../x",
            "C:\\x",
            "\\\\host\\share",
            "/dev/zero",
            "CON",
            "a\x00b",
            "\x1b[2J",
            "\u202e",
            "x" * 5000,
        ]
    ),
)
_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), _texts),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(_texts, inner, max_size=4)),
    max_leaves=12,
)


def _places(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _places(part, (*path, name))
    elif isinstance(value, list):
        for k, part in enumerate(value[:3]):
            yield from _places(part, (*path, k))


def _put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    value[path[0]] = _put(value[path[0]], path[1:], new)
    return value


@fuzz
@given(st.data())
def test_any_field_of_the_manifest(file: Path, content: dict[str, bytes], data: st.DataObject) -> None:
    manifest = json.loads(content["manifest.json"])
    place = data.draw(st.sampled_from(sorted(_places(manifest), key=str)))
    manifest = _put(manifest, place, data.draw(_values))
    if isinstance(manifest, dict) and data.draw(st.booleans()):
        manifest[data.draw(_texts)] = data.draw(_values)
    tried(file, stored_zip.write(rehashed(content, manifest)))


@fuzz
@given(st.data())
def test_any_field_of_the_calibration(file: Path, content: dict[str, bytes], data: st.DataObject) -> None:
    table = json.loads(content["calibration.json"])
    place = data.draw(st.sampled_from(sorted(_places(table), key=str)))
    table = _put(table, place, data.draw(_values))
    changed = content | {"calibration.json": json.dumps(table).encode("utf-8", "surrogatepass")}
    tried(file, stored_zip.write(rehashed(changed, json.loads(content["manifest.json"]))))


@fuzz
@given(st.binary(max_size=200), st.integers(0, 120), st.integers(0, 120))
def test_any_bytes_of_the_weights(file: Path, content: dict[str, bytes], new: bytes, start: int, end: int) -> None:
    weights = content["weights.safetensors"]
    changed = content | {"weights.safetensors": weights[:start] + new + weights[max(start, end) :]}
    tried(file, stored_zip.write(rehashed(changed, json.loads(content["manifest.json"]))))


@fuzz
@given(st.data())
def test_any_bytes_of_the_file(file: Path, content: dict[str, bytes], data: st.DataObject) -> None:
    whole = stored_zip.write(rehashed(content, json.loads(content["manifest.json"])))
    # Where a zip says something of itself, more often than in the midst of numbers.
    edge = st.one_of(st.integers(0, 60), st.integers(len(whole) - 250, len(whole)), st.integers(0, len(whole)))
    start, gone, new = data.draw(edge), data.draw(st.integers(0, 8)), data.draw(st.binary(max_size=8))
    tried(file, whole[:start] + new + whole[start + gone :])


@fuzz
@given(st.sampled_from(["manifest.json", "weights.safetensors", "calibration.json"]), st.binary(max_size=300))
def test_any_content_of_a_folder(
    tmp_path_factory: pytest.TempPathFactory, content: dict[str, bytes], name: str, data: bytes
) -> None:
    folder = tmp_path_factory.mktemp("fuzz") / json.loads(content["manifest.json"])["id"]
    folder.mkdir()
    for part, bytes_ in (content | {name: data}).items():
        (folder / part).write_bytes(bytes_)
    with nothing_opened_but(*(folder / part for part in content)), pytest.raises(SiamguiError):
        read_version_folder(folder, None, by_key(None))
