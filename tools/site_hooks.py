"""What mkdocs does not know by itself: files outside docs/ that are pages of the site, links that lead out of it, the
pages in Chinese, and screenshots as small as a browser takes them."""

from __future__ import annotations

import posixpath
import re
import shutil
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
OUTSIDE = {
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "SECURITY.md": "reporting-faults.md",
    "models/README.md": "models.md",
    "README.md": "index.md",
}
"""Path in the repository -> page of the site. README.md itself is none: index.md says the same."""
CHINESE = "zh/"
_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")
_HAN = re.compile(r"([\u4e00-\u9fff])(?=[\u4e00-\u9fff])")
"""Chinese has no spaces between words: the search of the theme goes by characters, if something stands between them."""
_PICTURE = re.compile(r'(src="(?:[^"]*/)?screenshots/[^"]+)\.png"')


def on_config(config: Any) -> Any:
    """A folder in the navigation stands for its pages."""
    for section in config.nav:
        for entry in (one for value in section.values() if isinstance(value, list) for one in value):
            for title, place in entry.items():
                if place.endswith("/"):
                    entry[title] = [f"{place}{page.name}" for page in sorted(Path(config.docs_dir, place).glob("*.md"))]
    return config


def on_files(files: Files, config: Any) -> Files:
    for place, uri in OUTSIDE.items():
        if files.get_file_from_path(uri) is None:
            text = (ROOT / place).read_text(encoding="utf-8")
            files.append(File.generated(config, uri, content=links_within(text, place, uri)))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    uri = page.file.src_uri
    return markdown if page.file.generated_by else links_within(markdown, f"docs/{uri}", uri)


def links_within(markdown: str, place: str, uri: str) -> str:
    """The links of a file at place in the repository as those of the page uri; what is no page is left as words."""

    def led(found: re.Match[str]) -> str:
        image, words, target = found.groups()
        path, mark, anchor = target.partition("#")
        if not path or "://" in target:
            return found[0]
        wanted = posixpath.normpath(posixpath.join(posixpath.dirname(place), path))
        if (ROOT / wanted).exists() and wanted not in OUTSIDE and not (ROOT / wanted).is_relative_to(ROOT / "docs"):
            return words
        within = OUTSIDE.get(wanted, wanted.removeprefix("docs/"))
        return f"{image}[{words}]({posixpath.relpath(within, posixpath.dirname(uri) or '.')}{mark}{anchor})"

    return _LINK.sub(led, markdown)


def on_page_context(context: dict[str, Any], page: Any, config: Any, **_: Any) -> dict[str, Any]:
    """The words around a page in its own language, and a way to the same page in the other one."""
    own = page.file.src_uri
    chinese = own.startswith(CHINESE)
    config.theme["language"] = "zh" if chinese else "en"
    other = own.removeprefix(CHINESE) if chinese else CHINESE + own
    pages = {"en": own, "zh": other} if not chinese else {"en": other, "zh": own}
    there = (Path(config.docs_dir) / other).exists()
    urls = {code: uri.removesuffix(".md") + ".html" for code, uri in pages.items()}
    names = {"en": "English", "zh": "简体中文"}
    config.extra["alternate"] = (
        [{"name": names[code], "link": urls[code], "lang": code} for code in urls] if there else []
    )
    return context


def on_page_content(html: str, **_: Any) -> str:
    return _PICTURE.sub(r'\1.webp"', html)


def on_post_build(config: Any) -> None:
    for path in Path(config.site_dir, "screenshots").glob("*.png"):
        with Image.open(path) as image:
            image.convert("RGB").save(path.with_suffix(".webp"), quality=82, method=2)
        path.unlink()
    for name in ("sitemap.xml", "sitemap.xml.gz"):  # of no use to who reads from files, and it holds the time
        Path(config.site_dir, name).unlink(missing_ok=True)
    shutil.rmtree(Path(config.site_dir, "assets", "javascripts", "lunr"))  # stemmers of languages that are not here
    index = Path(config.site_dir, "search", "search_index.json")
    index.write_text(_HAN.sub("\\1\u200b", index.read_text(encoding="utf-8")), encoding="utf-8")
