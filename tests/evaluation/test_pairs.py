"""Lists of pairs: what is accepted, and one clear sentence with the line number for what is not."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from siamgui.core.errors import SiamguiError
from siamgui.evaluation import pairs
from siamgui.evaluation.csv_table import TableMissing, TableUnreadable
from siamgui.evaluation.pairs import Pair, Row, read_pairs, read_people, read_rows


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder with four files and room for a list beside them."""
    for name in ("a 1.jpg", "a2.jpg", "b1.jpg", "李.jpg"):
        (tmp_path / name).touch()
    return tmp_path


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "pairs.csv"
    path.write_bytes(text.encode(encoding))
    return path


GOOD = "fold,left,right,same\n1,a 1.jpg,a2.jpg,1\n2,a 1.jpg,b1.jpg,0\n"


def test_plain_list(photos: Path) -> None:
    found = read_pairs(write(photos, GOOD))
    assert found.pairs == (
        Pair("1", photos / "a 1.jpg", photos / "a2.jpg", True),
        Pair("2", photos / "a 1.jpg", photos / "b1.jpg", False),
    )
    assert found.photos == (photos / "a 1.jpg", photos / "a2.jpg", photos / "b1.jpg")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (GOOD, "utf-8-sig"),
        (GOOD.replace("\n", "\r\n"), "utf-8"),
        (GOOD.replace(",1\n", ",same\n").replace(",0\n", ",Different\n"), "utf-8"),
        (GOOD.replace(",", ";"), "utf-8"),
        (GOOD.replace(",", "\t"), "utf-8"),
        (GOOD.replace("\n", "\n\n") + ",,,\n", "utf-8"),
        (GOOD.upper().replace("JPG", "jpg").replace("A 1", "a 1").replace("A2", "a2").replace("B1", "b1"), "utf-8"),
        (GOOD.replace("a 1.jpg", '" a 1.jpg "'), "utf-8"),
    ],
    ids=["bom", "windows lines", "words", "semicolons", "tabs", "blank lines", "upper-case header", "quoted"],
)
def test_other_ways_to_write_it(photos: Path, text: str, encoding: str) -> None:
    assert read_pairs(write(photos, text, encoding)).pairs == read_pairs(write(photos, GOOD)).pairs


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", ":"])
@pytest.mark.parametrize("first", ["sep={}", "SEP={}", '"sep={}"', "sep={}{}{}"])
def test_the_first_line_of_excel(photos: Path, separator: str, first: str) -> None:
    text = first.replace("{}", separator) + "\r\n" + GOOD.replace(",", separator).replace("\n", "\r\n")
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert read_pairs(write(photos, text, encoding)).pairs == read_pairs(write(photos, GOOD)).pairs


def test_lines_are_counted_as_an_editor_counts_them(photos: Path) -> None:
    with pytest.raises(pairs.LabelUnknown, match="Line 5"):
        read_pairs(write(photos, "sep=,\n" + GOOD + "1,a2.jpg,b1.jpg,maybe\n"))


@pytest.mark.parametrize("form", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_unicode_with_a_mark(photos: Path, form: str, separator: str) -> None:
    text = "left,right,same\n李.jpg,a2.jpg,1\n李.jpg,b1.jpg,0\n"
    found = read_pairs(write(photos, "\ufeff" + text.replace(",", separator), form))
    assert found.pairs[0] == Pair("", photos / "李.jpg", photos / "a2.jpg", True)


@pytest.mark.parametrize("on_disk", ["NFC", "NFD"])
@pytest.mark.parametrize("in_list", ["NFC", "NFD"])
def test_accents_in_either_spelling(
    tmp_path: Path, on_disk: Literal["NFC", "NFD"], in_list: Literal["NFC", "NFD"]
) -> None:
    for name in ("Zoë/première.jpg", "Zoë/2.jpg", "Đặng/각.jpg"):
        path = tmp_path / unicodedata.normalize(on_disk, name)
        path.parent.mkdir(exist_ok=True)
        path.touch()
    text = "left,right,same\nZoë/première.jpg,Zoë/2.jpg,1\nZoë\\2.jpg,Đặng/각.jpg,0\n"
    found = read_pairs(write(tmp_path, unicodedata.normalize(in_list, text)))
    assert all(photo.exists() for photo in found.photos)
    assert len(found.photos) == 3
    twice = "left,right,same\nZoë/première.jpg," + unicodedata.normalize(on_disk, "Zoë/première.jpg") + ",1\n"
    with pytest.raises(pairs.PairOfOne):
        read_pairs(write(tmp_path, unicodedata.normalize(in_list, twice)))


def test_both_spellings_on_one_disk_are_two_files(tmp_path: Path) -> None:
    for form in ("NFC", "NFD"):
        (tmp_path / unicodedata.normalize(form, "é.jpg")).touch()
    if len(list(tmp_path.iterdir())) < 2:
        pytest.skip("this disk keeps only one")
    text = "left,right,same\n" + ",".join(unicodedata.normalize(form, "é.jpg") for form in ("NFC", "NFD")) + ",1\n"
    found = read_pairs(write(tmp_path, text), both_kinds=False)
    assert len(found.photos) == 2


@pytest.mark.skipif(os.name == "nt", reason="named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pairs.csv")
    with pytest.raises(TableUnreadable):
        read_pairs(tmp_path / "pairs.csv")


def test_columns_in_any_order_without_folds(photos: Path) -> None:
    found = read_pairs(write(photos, "same,note,right,left\n1,x,a2.jpg,李.jpg\n0,y,b1.jpg,李.jpg\n"))
    assert found.pairs[0] == Pair("", photos / "李.jpg", photos / "a2.jpg", True)


def test_paths_start_at_the_given_folder(photos: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = write(tmp_path_factory.mktemp("lists"), GOOD)
    with pytest.raises(pairs.PhotosMissing):
        read_pairs(elsewhere)
    assert read_pairs(elsewhere, photos).photos[0] == photos / "a 1.jpg"


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("left,right\na2.jpg,b1.jpg\n", pairs.ColumnsMissing, "lacks the column same"),
        ("a2.jpg,b1.jpg,1\n", pairs.ColumnsMissing, "left, right, same"),
        (GOOD + "1,a2.jpg,b1.jpg,maybe\n", pairs.LabelUnknown, "Line 4 of “pairs.csv” has the label “maybe”"),
        (GOOD + "1,a2.jpg\n", pairs.RowIncomplete, "Line 4"),
        (GOOD + "\n1,a2.jpg,,1\n", pairs.RowIncomplete, "Line 5"),
        (GOOD + "1,a2.jpg,a2.jpg,1\n", pairs.PairOfOne, "Line 4"),
        (GOOD + "1,a2.jpg,gone/x.jpg,1\n1,b1.jpg,y.jpg,1\n", pairs.PhotosMissing, "do not exist (2)"),
        (GOOD + "1,a2.jpg,gone/x.jpg,1\n", pairs.PhotosMissing, "first is “x.jpg” on line 4"),
        ("left,right,same\n", pairs.NoPairs, "lists no pairs"),
        ("", pairs.NoPairs, "lists no pairs"),
        ("left,right,same\na2.jpg,b1.jpg,0\n", pairs.OneLabelOnly, "both kinds"),
        ('left,right,same\n"a2.jpg,b1.jpg,0\n', TableUnreadable, "Save it as CSV"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(photos: Path, text: str, error: type[SiamguiError], words: str) -> None:
    with pytest.raises(error) as caught:
        read_pairs(write(photos, text))
    assert words in str(caught.value)
    assert str(photos) not in str(caught.value)


def test_not_a_text_file(photos: Path) -> None:
    (photos / "pairs.csv").write_bytes(b"\x89PNG\r\n\x1a\n\xff\xfe")
    with pytest.raises(TableUnreadable, match=r"“pairs\.csv”"):
        read_pairs(photos / "pairs.csv")


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(TableMissing, match=r"no file “pairs\.csv”"):
        read_pairs(tmp_path / "pairs.csv")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=300))
@example("x" * 300 + ",b1.jpg,1\nb1.jpg,\0,0\n")
def test_any_other_text_gives_a_sentence(photos: Path, text: str) -> None:
    path = photos / "pairs.csv"
    path.write_text("left,right,same\n" + text, encoding="utf-8", errors="replace")
    # Three cells of which no file exists can never be a good list.
    with pytest.raises(SiamguiError, match=r"pairs\.csv.*\.$"):
        read_pairs(path)


def test_a_folder_per_person(tmp_path: Path) -> None:
    for name in ("ann/1.jpg", "ann/more/2.PNG", "ann/notes.txt", "bob/1.heic", "empty/readme.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "loose.jpg").touch()
    people = read_people(tmp_path)
    assert people.names == ("ann", "bob")
    assert [photo.name for photo in people.photos] == ["1.jpg", "2.PNG", "1.heic"]
    assert people.person == (0, 0, 1)


@pytest.mark.parametrize("names", [(), ("ann/1.jpg", "ann/2.jpg"), ("ann/1.jpg", "bob/1.jpg")])
def test_too_few_people(tmp_path: Path, names: tuple[str, ...]) -> None:
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    with pytest.raises(pairs.TooFewPeople, match="one folder per person"):
        read_people(tmp_path)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("a 1.jpg,a2.jpg\na 1.jpg,李.jpg\n", "utf-8"),
        ("sep=;\r\na 1.jpg;a2.jpg\r\na 1.jpg;李.jpg\r\n", "utf-16"),
        ("\na 1.jpg\ta2.jpg\n\na 1.jpg\t李.jpg\n", "utf-8-sig"),
        ("Right,more,Left\na2.jpg,x,a 1.jpg\n李.jpg,y,a 1.jpg\n", "utf-8"),
    ],
    ids=["no names", "no names, Excel", "no names, tabs", "names in another order"],
)
def test_a_list_without_labels(photos: Path, text: str, encoding: str) -> None:
    rows = read_rows(write(photos, text, encoding))
    assert [(row.left_photo, row.right_photo) for row in rows] == [
        (photos / "a 1.jpg", photos / "a2.jpg"),
        (photos / "a 1.jpg", photos / "李.jpg"),
    ]
    assert not any(row.problem or row.left_face or row.same for row in rows)


def test_what_is_wrong_with_a_line_is_said_of_that_line(photos: Path) -> None:
    text = (
        "left,right,right_face,same\na 1.jpg,gone.jpg,2,maybe\n,a2.jpg\na 1.jpg,a2.jpg,0\na 1.jpg,a2.jpg," + "9" * 5000
    )
    good, blank, zero, large = read_rows(write(photos, text))
    assert good == Row(2, "a 1.jpg", "gone.jpg", "maybe", photos / "a 1.jpg", photos / "gone.jpg", None, 2)
    assert "Line 3 of “pairs.csv” is incomplete" in blank.problem
    assert "Line 4 of “pairs.csv” has the face number “0”" in zero.problem
    assert "Line 5" in large.problem


@pytest.mark.parametrize("text", ["left,other\na,b\n", "a 1.jpg\n", "a 1.jpg,\n"])
def test_a_list_of_something_else(photos: Path, text: str) -> None:
    with pytest.raises(pairs.SidesMissing):
        read_rows(write(photos, text))
