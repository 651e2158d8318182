"""Every encoder that siamgui knows, one entry each. Reading this imports no torch.

To add an encoder: its network in a module beside this one, as a subclass of siamgui.core.encoders.module.EncoderModule,
and an entry here. One that is bundled also has a folder under models/ (made by tools/build_models.py), which holds
weights, serving form, calibration, and a manifest with licence and source. No other file knows an encoder by name.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from siamgui.core.errors import OnlyRuns

if TYPE_CHECKING:
    from siamgui.core.encoders.module import EncoderModule

HEAD = "+head"
"""Behind the key of an encoder: the same with a trained square matrix at its end."""


_FOREIGN = re.compile(r"onnx-([1-9][0-9]{1,3})")
"""An encoder that a person brought as an ONNX file, and how many numbers its embeddings have."""


class Colour(enum.StrEnum):
    """What a network takes: three channels in this order, or one."""

    RGB = "rgb"
    BGR = "bgr"
    GREY = "grey"


@dataclass(frozen=True, slots=True)
class Part:
    """One encoder of several. key: its own entry. share: of the squared distance; those of all parts make 1."""

    key: str
    share: float


@dataclass(frozen=True, slots=True)
class Encoder:
    """One network.

    key: in manifests, and the folder under models/ of a bundled one. name: what a person calls it.
    height, width: of what the network itself looks at. The height is that of a crop, 112, over a whole number; what the
    crop is wider is cut off on both sides. colour, mean, scale: it takes (x - mean) / scale of the values 0 to 255.
    embedding_size: numbers in an embedding. make: the untrained module; imports torch when it is called.
    bundled: whether trained weights come with siamgui. head: whether a head may be trained behind it.
    length_tells: whether the length of an embedding says how good the photograph is (siamgui.core.quality).
    views: of a photograph that is read once: 2 where the mirror image of the face is looked at as well, or 1.
    parts: the encoders that it is made of; none where it is one network.
    """

    key: str
    name: str
    height: int
    width: int
    colour: Colour
    mean: float
    scale: float
    embedding_size: int
    make: Callable[[Encoder], EncoderModule]
    bundled: bool
    head: bool
    length_tells: bool
    views: int
    parts: tuple[Part, ...] = ()


def _mobilefacenet(entry: Encoder) -> EncoderModule:
    from siamgui.core.encoders.mobilefacenet import MobileFaceNet

    return MobileFaceNet(entry)


def _sface(entry: Encoder) -> EncoderModule:
    from siamgui.core.encoders.sface import SFace

    return SFace(entry)


def _joint(entry: Encoder) -> EncoderModule:
    from siamgui.core.encoders.joint import JointEncoder

    return JointEncoder(entry)


def _chopra2005(entry: Encoder) -> EncoderModule:
    from siamgui.core.encoders.chopra2005 import Chopra2005Encoder

    return Chopra2005Encoder(entry)


def _foreign(_entry: Encoder) -> EncoderModule:
    raise OnlyRuns


ENCODERS = (
    Encoder(
        key="mobilefacenet",
        name="MobileFaceNet",
        height=112,
        width=112,
        colour=Colour.RGB,
        mean=127.5,
        scale=128.0,
        embedding_size=192,
        make=_mobilefacenet,
        bundled=False,
        head=True,
        length_tells=True,
        views=2,
    ),
    Encoder(
        key="sface",
        name="SFace",
        height=112,
        width=112,
        colour=Colour.RGB,
        mean=127.5,
        scale=128.0,
        embedding_size=128,
        make=_sface,
        bundled=False,
        head=True,
        length_tells=False,
        views=1,
    ),
    Encoder(
        key="mobilefacenet-sface",
        name="MobileFaceNet + SFace",
        height=112,
        width=112,
        colour=Colour.RGB,
        mean=0.0,
        scale=1.0,
        embedding_size=320,
        make=_joint,
        bundled=True,
        head=True,
        length_tells=True,
        views=1,
        parts=(Part("mobilefacenet", 0.35), Part("sface", 0.65)),
    ),
    Encoder(
        key="chopra2005",
        name="Chopra, Hadsell, LeCun 2005",
        height=56,
        width=46,
        colour=Colour.GREY,
        mean=0.0,
        scale=1.0,
        embedding_size=50,
        make=_chopra2005,
        bundled=False,
        head=False,
        length_tells=False,
        views=2,
    ),
)
"""The first bundled one is the one that is used until the user chooses another."""

_BY_KEY = {entry.key: entry for entry in ENCODERS}


def default_encoder() -> Encoder:
    return next(entry for entry in ENCODERS if entry.bundled)


def bundled_encoders() -> tuple[Encoder, ...]:
    return tuple(entry for entry in ENCODERS if entry.bundled)


def is_known(architecture: str) -> bool:
    entry = _BY_KEY.get(architecture.removesuffix(HEAD))
    return entry is not None and (entry.head or not has_head(architecture))


def foreign(size: int) -> str:
    """The architecture of an encoder that a person brought as an ONNX file. size: of its embeddings."""
    return f"onnx-{size}"


def is_foreign(architecture: str) -> bool:
    """Whether somebody brought it: it has a serving form, which takes crops as they are, and no module to train."""
    return _FOREIGN.fullmatch(architecture) is not None


def has_head(architecture: str) -> bool:
    return architecture.endswith(HEAD)


def encoder_of(architecture: str) -> Encoder:
    """The entry of an architecture: a key, with HEAD behind it or not, or foreign(). Raises ValueError for an unknown
    one."""
    if found := _FOREIGN.fullmatch(architecture):
        return Encoder(
            key=architecture,
            name="ONNX",
            height=112,
            width=112,
            colour=Colour.RGB,
            mean=0.0,
            scale=1.0,
            embedding_size=int(found[1]),
            make=_foreign,
            bundled=False,
            head=False,
            length_tells=False,
            views=1,
        )
    if not is_known(architecture):
        raise ValueError(f"unknown architecture {architecture!r}")
    return _BY_KEY[architecture.removesuffix(HEAD)]
