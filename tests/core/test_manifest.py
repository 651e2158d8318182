"""Manifests: what is wrong is named by its place, and what is not known is passed over."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from siamgui.core.energy import L2
from siamgui.core.errors import ModelCorrupt
from siamgui.core.manifest import bundled_encoder, read_manifest
from siamgui.core.resources import models_folder


@pytest.fixture
def manifest() -> dict[str, Any]:
    value: dict[str, Any] = json.loads((models_folder() / bundled_encoder().id / "manifest.json").read_bytes())
    return value


def written(folder: Path, manifest: dict[str, Any]) -> Path:
    (folder / "model").mkdir()
    (folder / "model" / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder / "model"


def test_a_manifest_of_another_version_opens(tmp_path: Path, manifest: dict[str, Any]) -> None:
    model = read_manifest(written(tmp_path, manifest | {"unheard": {"of": 1}}))
    assert (model.key, model.architecture, model.energy, model.norm_scale) == (
        bundled_encoder().key,
        model.id,
        L2,
        0.994,
    )
    assert model.source.startswith("npm: ")
    assert {file.path.name for file in model.files} == {file.path.name for file in bundled_encoder().files}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"files": {"weights.safetensors": "abc"}}, r"model/manifest\.json: \$\.files\[\.\.\.\]: expected `object`"),
        ({"files": {"weights.safetensors": {"sha256": 1}}}, r"sha256: expected `str`, got `int`"),
        ({"norm_scale": -1}, r"model/manifest\.json: \$\.norm_scale: expected `float` > 0"),
        ({"energy": "l3"}, r"model/manifest\.json: \$\.energy: invalid enum value 'l3'"),
        ({"licence": None}, r"model/manifest\.json: \$\.licence: expected `str`, got `null`"),
    ],
)
def test_what_is_wrong_is_named_by_its_place(
    tmp_path: Path, manifest: dict[str, Any], change: dict[str, Any], place: str
) -> None:
    with pytest.raises(ModelCorrupt, match=place):
        read_manifest(written(tmp_path, manifest | change))
