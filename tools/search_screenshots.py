"""The screenshots of the page Search, from a folder made of the bundled photographs.

    python tools/screenshots.py [folder] --search

What is shown is the real window at work. The folder holds the bundled photographs, and what is made of them: smaller
ones, parts, others side by side, a negative, and a file that is no picture.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageEnhance, ImageFilter, ImageOps
from PySide6.QtWidgets import QApplication
from shown_window import SIZE, opened, until

from siamgui.core.resources import resource
from siamgui.gui import language, theme


def take(app: QApplication, scratch: Path, folder: Path, rest: Callable[[], None]) -> None:
    """Write search-empty, search-reading, search, search-problems, search-dark, search-small and search-chinese.png."""
    scans = scratch / "Archive" / "Scans 2008-2017"
    make_scans(scans)
    window = opened(app)
    window.go("search")
    search = window.controllers.search

    def show(name: str) -> None:
        rest()
        window.grab().save(str(folder / f"{name}.png"))
        print(name, flush=True)

    until(lambda: search.state.folders is not None)
    show("search-empty")
    search.ask_for(resource("samples/obama1.jpg"))
    search.add((scans,))
    until(lambda: search.state.reading is not None and search.state.reading.done > 2)
    show("search-reading")
    until(lambda: search.state.current is None and search.state.found is not None and not search.state.searching)
    found = search.state.found
    assert found is not None
    until(lambda: all(search.crops.picture(one.face) is not None for one in found.likenesses[:8]))
    print(f"{found.faces} faces, {len(found.likenesses)} likenesses")
    show("search")
    search.show_problems(search.state.folders[0] if search.state.folders else None)
    until(lambda: search.state.problems is not None)
    show("search-problems")
    search.show_problems(None)
    theme.apply(app, "dark")
    show("search-dark")
    theme.apply(app, "light")
    window.resize(960, 640)
    show("search-small")
    window.resize(*SIZE)
    language.apply(app, "zh_CN")
    show("search-chinese")
    window.close()


def make_scans(folder: Path) -> None:
    """Photographs of a few years, some of them twice, some with several people."""
    folder.mkdir(parents=True)
    originals = {path.stem: Image.open(path).convert("RGB") for path in sorted(resource("samples").glob("*.jpg"))}
    for name, image in originals.items():
        image.save(folder / f"{name}.jpg", quality=92)
        image.resize((image.width // 2, image.height // 2)).save(folder / f"{name}, smaller.jpg", quality=85)
        ImageEnhance.Brightness(ImageOps.grayscale(image)).enhance(0.7).save(folder / f"{name}, grey.jpg", quality=88)
        if name != "biden":
            continue
        ImageOps.mirror(image).save(folder / f"{name}, mirrored.jpg", quality=90)
        small = image.resize((image.width // 6, image.height // 6)).filter(ImageFilter.GaussianBlur(1))
        small.save(folder / f"{name}, from far away.jpg", quality=80)
    both = [originals[name].resize((originals[name].width * 600 // originals[name].height, 600)) for name in originals]
    table = Image.new("RGB", (sum(one.width for one in both), 600))
    left = 0
    for one in both:
        table.paste(one, (left, 0))
        left += one.width
    table.save(folder / "at the table.jpg", quality=90)
    (folder / "damaged.jpg").write_bytes((folder / "biden.jpg").read_bytes()[:2000])
