"""The files by which a desktop and shells know siamgui, made of what there is: the parser, the formats, the icon.

By the specifications of freedesktop.org (desktop entry, icon theme, AppStream); completion by shtab. The manual and
the completions are in the language in force, what desktops show in all.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from xml.sax.saxutils import escape

from siamgui import __version__
from siamgui.core import i18n
from siamgui.core.formats import PHOTO_FORMATS
from siamgui.core.i18n import mark, tr

APPLICATION = "io.github.siamgui"
"""The id of AppStream."""
_GENERIC = mark("Face comparison")
_COMMENT = mark("Are these two faces the same person? Answered on this computer, offline.")
_KEYWORDS = mark("face;portrait;photo;identity;verification;comparison;")
_ABOUT = (
    mark(
        "Drop two photos, or show a face to the camera: siamgui says whether they show the same person, how rare such "
        "a likeness is among strangers, and when it can’t tell."
    ),
    mark(
        "It finds a face in thousands of photos, enrols people, and learns from pairs that you label. Photos, "
        "embeddings and labels never leave this computer."
    ),
)
_XML_LANGUAGES = {"zh_CN": "zh-CN"}

Files = dict[PurePosixPath, bytes]


def desktop_files(parser: argparse.ArgumentParser, command: Sequence[str]) -> Files:
    """Every file by its place below /usr or ~/.local. command: what opens siamgui, as ["siamgui"]."""
    from siamgui.gui.application_icon import DRAWING, SIZES, png

    icons = PurePosixPath("share/icons/hicolor")
    files = {
        "share/applications/siamgui.desktop": _entry(command),
        f"share/metainfo/{APPLICATION}.metainfo.xml": _description(),
        "share/man/man1/siamgui.1": _manual(parser),
        "share/bash-completion/completions/siamgui": _completion(parser, "bash"),
        "share/zsh/site-functions/_siamgui": _completion(parser, "zsh"),
        "share/fish/vendor_completions.d/siamgui.fish": _completion(parser, "fish"),
    }
    made = {PurePosixPath(place): text.encode() for place, text in files.items()}
    made |= {icons / f"{size}x{size}/apps/siamgui.png": png(size) for size in SIZES}
    return made | {icons / "scalable/apps/siamgui.svg": DRAWING.read_bytes()}


def launcher() -> list[str]:
    """What opens this very siamgui: the one file that it is, its script, or Python with the module."""
    if image := os.environ.get("APPIMAGE"):
        return [image]
    script = Path(sys.executable).with_name("siamgui")
    return [str(script)] if script.is_file() else [sys.executable, "-m", "siamgui"]


def _entry(command: Sequence[str]) -> str:
    mimes = "".join(f"{mime};" for each in PHOTO_FORMATS for mime in each.mimes)
    lines = [
        "[Desktop Entry]",
        "Type=Application",
        "Name=siamgui",
        *_in_all("GenericName", _GENERIC),
        *_in_all("Comment", _COMMENT),
        f"Exec={' '.join(map(_quoted, command))} open %F",
        f"TryExec={command[0]}",
        "Icon=siamgui",
        "Terminal=false",
        "StartupWMClass=siamgui",
        "Categories=Graphics;Photography;Viewer;",
        *_in_all("Keywords", _KEYWORDS),
        f"MimeType={mimes}",
    ]
    return "\n".join(lines) + "\n"


def _quoted(word: str) -> str:
    """As Exec wants it: in quotes, in which four characters are escaped, and a percent sign doubled."""
    if word.isascii() and all(letter.isalnum() or letter in "/._-+" for letter in word):
        return word
    for letter in '\\"`$':
        word = word.replace(letter, "\\" + letter)
    return '"' + word.replace("\\", "\\\\").replace("%", "%%") + '"'


def _in_all(key: str, message: str) -> list[str]:
    return [f"{key}={message}", *(f"{key}[{language}]={text}" for language, text in _translations(message).items())]


def _translations(message: str) -> dict[str, str]:
    """By language, but for English."""
    before, found = i18n.language(), {}
    for language in _XML_LANGUAGES:
        i18n.set_language(language)
        found[language] = tr(message)
    i18n.set_language(before)
    return found


def _description() -> str:
    def said(tag: str, message: str) -> str:
        texts = [f"<{tag}>{escape(message)}</{tag}>"]
        for language, text in _translations(message).items():
            texts.append(f'<{tag} xml:lang="{_XML_LANGUAGES[language]}">{escape(text)}</{tag}>')
        return "\n  ".join(texts)

    return f"""<?xml version="1.0" encoding="UTF-8"?>
<component type="desktop-application">
  <id>{APPLICATION}</id>
  <name>siamgui</name>
  {said("summary", _COMMENT.removesuffix("."))}
  <metadata_license>CC0-1.0</metadata_license>
  <project_license>MIT</project_license>
  <description>
  {said("p", _ABOUT[0])}
  {said("p", _ABOUT[1])}
  </description>
  <launchable type="desktop-id">siamgui.desktop</launchable>
  <provides><binary>siamgui</binary></provides>
  <content_rating type="oars-1.1"/>
</component>
"""


def _completion(parser: argparse.ArgumentParser, shell: str) -> str:
    """What takes a path is completed with files."""
    import shtab

    def with_files(each: argparse.ArgumentParser) -> None:
        for action in each._actions:
            if action.type is Path:
                action.complete = shtab.FILE  # type: ignore[attr-defined]
            if isinstance(action, argparse._SubParsersAction):
                for part in action.choices.values():
                    with_files(part)

    with_files(parser)
    script: str = shtab.complete(parser, shell)
    return script


def _manual(parser: argparse.ArgumentParser) -> str:
    """What --help says of everything, as a page of troff (man(7))."""
    lines = [
        f'.TH SIAMGUI 1 "" "siamgui {__version__}"',
        *(".SH NAME", f"siamgui \\- {_roff(tr(_COMMENT).removesuffix('.'))}"),
        *(".SH SYNOPSIS", ".nf", *map(_roff, parser.format_help().splitlines()), ".fi"),
    ]
    for name, each in _commands(parser):
        lines += [f".SH {_roff(name.upper())}", ".nf", *map(_roff, each.format_help().splitlines()), ".fi"]
    return "\n".join(lines) + "\n"


def _commands(parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for each in action.choices.values():
                yield each.prog, each
                yield from _commands(each)


def _roff(line: str) -> str:
    text = line.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + text if text.startswith((".", "'")) else text
