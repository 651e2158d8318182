"""siamgui among the applications of a user: what is written, that it is taken, and that it goes again."""

from __future__ import annotations

import configparser
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from siamgui.cli import _parser
from siamgui.commands.desktop_files import desktop_files, launcher
from siamgui.core.formats import PHOTO_FORMATS
from tests.builders.command_line import Capture, ok, refused

pytestmark = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="for Linux and BSD")


@pytest.fixture(scope="module")
def share(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All that is installed, for a command whose name needs quotes."""
    folder = tmp_path_factory.mktemp("usr")
    for place, data in desktop_files(_parser(), ["/opt/Two faces/50%/siamgui"]).items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_bytes(data)
    return folder / "share"


def test_it_is_written_for_this_user_and_goes_again_with_its_folders_and_nothing_else(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    other = tmp_path / ".local" / "share" / "applications" / "other.desktop"
    other.parent.mkdir(parents=True)
    other.write_text("[Desktop Entry]")
    assert "17 files written" in ok(capsys, "desktop", "install")
    entry = (other.parent / "siamgui.desktop").read_text(encoding="utf-8")
    assert f"TryExec={launcher()[0]}\n" in entry
    said = ok(capsys, "desktop", "remove")
    assert "17 files removed." in said
    assert "What siamgui keeps was not touched. It lies in" in said
    kept = [path for path in (tmp_path / ".local").rglob("*") if path.is_file() and "cache" not in path.name]
    assert kept == [other]
    assert "0 files removed." in ok(capsys, "desktop", "remove")


def test_a_folder_that_cannot_be_written_is_said_and_no_half_file_is_left(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "share").write_text("a file")
    assert "“siamgui.desktop” could not be written" in refused(capsys, "desktop", "install", "--into", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["share"]


def test_the_entry_opens_two_photos_and_speaks_chinese(share: Path) -> None:
    parsed = configparser.RawConfigParser(strict=True)
    parsed.optionxform = str  # type: ignore[assignment,method-assign]
    parsed.read(share / "applications" / "siamgui.desktop", encoding="utf-8")
    entry = parsed["Desktop Entry"]
    assert entry["Exec"] == '"/opt/Two faces/50%%/siamgui" open %F'
    assert entry["GenericName[zh_CN]"] == "人脸比对"
    assert set(entry["MimeType"].split(";")) == {mime for each in PHOTO_FORMATS for mime in each.mimes} | {""}
    if program := shutil.which("desktop-file-validate"):
        subprocess.run([program, share / "applications" / "siamgui.desktop"], check=True)


def test_the_description_is_valid(share: Path) -> None:
    (path,) = (share / "metainfo").iterdir()
    root = ElementTree.fromstring(path.read_bytes())
    assert root.findtext("id") == path.name.removesuffix(".metainfo.xml")
    assert root.findtext("launchable") == "siamgui.desktop"
    if program := shutil.which("appstreamcli"):
        subprocess.run([program, "validate", "--no-net", path], check=True, stdout=subprocess.DEVNULL)


def test_icons_have_the_size_that_their_folder_says(share: Path) -> None:
    for path in (share / "icons" / "hicolor").rglob("*.png"):
        with Image.open(path) as icon:
            size = icon.size
            assert icon.getchannel("A").getextrema() == (0, 255)
        assert f"{size[0]}x{size[1]}" == path.parents[1].name


def test_shells_take_the_completions(share: Path) -> None:
    script = share / "bash-completion" / "completions" / "siamgui"
    asked = f'. "{script}"; COMP_WORDS=(siamgui comp); COMP_CWORD=1; _shtab_siamgui; echo "${{COMPREPLY[@]}}"'
    found = subprocess.run(["bash", "--norc", "-c", asked], check=True, capture_output=True, text=True)
    assert found.stdout.split() == ["compare"]
    for shell, place in (("zsh", "zsh/site-functions/_siamgui"), ("fish", "fish/vendor_completions.d/siamgui.fish")):
        if program := shutil.which(shell):
            subprocess.run([program, "-n", share / place], check=True)
        assert "--strictness" in (share / place).read_text(encoding="utf-8").replace("-l strict", "--strict")


def test_the_manual_names_every_command(share: Path) -> None:
    path = share / "man" / "man1" / "siamgui.1"
    text = path.read_text(encoding="utf-8")
    for command in ("compare", "people enrol", "desktop"):
        assert f".SH SIAMGUI {command.upper()}\n" in text
    if program := shutil.which("groff"):
        done = subprocess.run([program, "-k", "-man", "-ww", "-Tutf8", path], check=True, capture_output=True)
        assert done.stderr == b""


def test_one_file_that_is_all_of_siamgui_is_what_opens_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APPIMAGE", "/home/ann/siamgui.AppImage")
    assert launcher() == ["/home/ann/siamgui.AppImage"]
