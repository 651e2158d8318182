"""Tables that say who belongs to which group."""

from __future__ import annotations

from pathlib import Path

import pytest

from siamgui.core.errors import SiamguiError
from siamgui.evaluation import groups
from siamgui.evaluation.groups import Grouping, read_groups
from siamgui.evaluation.pairs import People


def _people(*names: str, each: int = 2) -> People:
    base = Path("people")
    photos = tuple(base / name / f"{n}.jpg" for name in names for n in range(each))
    return People("people", base, names, photos, tuple(who for who in range(len(names)) for _ in range(each)))


def _of(grouping: Grouping) -> list[str | None]:
    return [grouping.groups[place] if place >= 0 else None for place in grouping.of_photo.tolist()]


def test_people_and_photos_are_told_apart_however_the_table_spells_them(tmp_path: Path) -> None:
    people = _people("Ann", "Zo\u00eb")
    table = tmp_path / "groups.csv"
    table.write_text("sep=;\nPerson;Sex;age band\nZoe\u0308;f;\nAnn; m ;30\nBob;m;40\n", encoding="utf-8")
    found = read_groups(table, people)
    assert [grouping.key for grouping in found.groupings] == ["sex", "age band"]
    assert _of(found.groupings[0]) == ["m", "m", "f", "f"]
    assert _of(found.groupings[1]) == ["30", "30", None, None]
    assert found.notes == ("1 line of “groups.csv” names nobody here.",)
    table.write_text("photo,camera\nAnn\\1.jpg,old\nAnn/0.jpg,new\n")
    assert _of(read_groups(table, people).groupings[0]) == ["new", "old", None, None]


def test_numbers_become_bands_of_as_many_people_and_stand_in_their_order(tmp_path: Path) -> None:
    names = tuple(f"p{n:02}" for n in range(40))
    table = tmp_path / "groups.csv"
    table.write_text(
        "person,age,name,few\n" + "".join(f"{name},{n + 5},{name},{n % 3 * 10}\n" for n, name in enumerate(names))
    )
    found = read_groups(table, _people(*names))
    assert [grouping.groups for grouping in found.groupings] == [
        ("5 – 14", "15 – 24", "25 – 34", "35 – 44"),
        ("0", "10", "20"),
    ]
    assert found.notes == ("The column “name” has 40 different values, more than 30, and is left out.",)


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("name,sex\nAnn,f\n", groups.WhoMissing, "must name the column person"),
        ("person\nAnn\n", groups.WhoMissing, "at least one column of groups"),
        ("", groups.WhoMissing, "“groups.csv”"),
        ("person,sex\nBob,m\n", groups.NobodyNamed, "names nobody and no photo of the folder “people”"),
        ("person,sex\nAnn,f\nAnn,m\n", groups.GroupsContradict, "Line 3 of “groups.csv” says of “Ann”"),
    ],
)
def test_a_table_that_says_nothing_is_refused(tmp_path: Path, text: str, error: type[SiamguiError], words: str) -> None:
    table = tmp_path / "groups.csv"
    table.write_text(text)
    with pytest.raises(error, match=words):
        read_groups(table, _people("Ann", "Zoe"))
