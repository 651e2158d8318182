"""The checklist is one value: said, taken back, written and read."""

from __future__ import annotations

import pytest

from siamgui.core.checklist import Checklist, Feature, Remark, Seen, read_checklist
from siamgui.core.typed_json import WrongForm


def test_remarks_stand_in_the_order_of_the_list() -> None:
    said = Checklist().saying(Remark(Feature.MARKS, Seen.SIMILAR, "mole left of the nose"))
    said = said.saying(Remark(Feature.SHAPE, Seen.DIFFERENT))
    assert [remark.feature for remark in said.remarks] == [Feature.SHAPE, Feature.MARKS]
    assert said.of(Feature.EARS) == Remark(Feature.EARS)
    assert said.saying(Remark(Feature.SHAPE)).remarks == said.remarks[1:]


def test_written_and_read() -> None:
    said = Checklist().saying(Remark(Feature.EARS, Seen.NOT_VISIBLE, "hidden by hair 头发"))
    assert read_checklist(said.to_json()) == said
    assert read_checklist(Checklist().to_json()) == Checklist()


@pytest.mark.parametrize(
    "made_up",
    [
        b'{"remarks":[{"feature":"beard"}]}',
        b'{"remarks":[{"feature":"ears","seen":"alike"}]}',
        b'{"remarks":[{"feature":"nose"},{"feature":"eyes"}]}',
        b'{"remarks":[{"feature":"nose"},{"feature":"nose"}]}',
        b'{"remarks":[{"feature":"nose","note":"\\u001b[2J"}]}',
        b'{"remarks":[{"feature":"nose","note":"' + 501 * b"a" + b'"}]}',
        b"[]",
    ],
)
def test_what_is_none_is_refused(made_up: bytes) -> None:
    with pytest.raises(WrongForm):
        read_checklist(made_up)
