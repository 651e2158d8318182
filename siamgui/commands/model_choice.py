"""The engine that a command runs: the active model version, or the one that --model names."""

from __future__ import annotations

import sys

from siamgui.core.calibration import Calibration
from siamgui.core.machine import keep_for_reuse
from siamgui.core.manifest import Model, bundled_encoder
from siamgui.core.pipeline import FaceEngine
from siamgui.versions.active_engine import open_engine
from siamgui.versions.version_store import VersionStore


def engine_for(device: str, model: str | None, at_once: int = 1) -> FaceEngine:
    """at_once: threads that will call it at the same time, of a command that reads many photographs.

    Where the active version cannot be used, standard error says that the original stands in for it."""
    if at_once > 1:
        keep_for_reuse()
    opened = open_engine(device, model, at_once=at_once)
    if opened.notice is not None:
        print(f"siamgui: {opened.notice}", file=sys.stderr)
    return opened.engine


def encoder_in_use() -> str:
    """ "id version" of the encoder that engine_for() takes where none is named, without loading it."""
    return _in_use().key


def calibration_for(model: str | None) -> Calibration:
    """Of the one that engine_for() takes, without loading it.

    Raises ModelMissing, ModelCorrupt, VersionUnknown, VersionAmbiguous, VersionDamaged.
    """
    if model is None:
        return Calibration.of(_in_use())
    versions = VersionStore()
    return Calibration.of(versions.intact(versions.find(model).id).model or bundled_encoder())


def _in_use() -> Model:
    model, _ = VersionStore().chosen()
    return model or bundled_encoder()
