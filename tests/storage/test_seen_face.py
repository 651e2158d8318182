"""A face as it is kept comes back as it was, to the precision that is promised."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siamgui.core.types import Finding, QualityIssue
from siamgui.storage.seen_face import SeenFace, Span, unpacked
from tests.builders.seen import seen_face

FINDINGS = st.lists(st.sampled_from(QualityIssue), unique=True).flatmap(
    lambda issues: st.tuples(*(st.builds(Finding, st.just(issue), st.booleans()) for issue in issues))
)
SPANS = st.none() | st.builds(Span, *[st.floats(0, 1e5)] * 3, st.integers(0, 2**64 - 1))


@settings(max_examples=40)
@given(number=st.integers(0, 1000), size=st.integers(1, 600), findings=FINDINGS, span=SPANS, norm=st.booleans())
def test_it_comes_back(number: int, size: int, findings: tuple[Finding, ...], span: Span | None, norm: bool) -> None:
    face = seen_face(number, size)
    quality = replace(face.quality, findings=findings, embedding_norm=20.5 if norm else None)
    face = replace(face, quality=quality, span=span)
    again = SeenFace.unpack(face.pack())
    assert sorted(again.quality.findings, key=str) == sorted(findings, key=str)
    assert replace(again.quality, findings=findings) == quality
    assert again.span == span
    assert (again.mean, again.deviation, again.face.score) == (0.25, 0.125, 0.75)
    assert np.array_equal(again.face.landmarks, face.face.landmarks)
    assert np.linalg.norm(again.vector - face.vector) < 0.001
    assert np.abs(again.look - face.look).max() < 0.002


def test_what_was_never_a_face_is_refused() -> None:
    for data in (b"", b"x" * 100, seen_face(1).pack() + b"x"):
        with pytest.raises(ValueError, match="no faces"):
            SeenFace.unpack(data)
    with pytest.raises(ValueError, match="one encoder"):
        unpacked([seen_face(1, 16).pack(), seen_face(1, 32).pack()])
