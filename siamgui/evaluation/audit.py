"""An audit of a folder of people: read, compared with each other, counted by group; and as JSON."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from siamgui.core.calibration import Calibration
from siamgui.core.errors import SiamguiError
from siamgui.core.files import write_whole
from siamgui.core.i18n import mark
from siamgui.core.types import EngineInfo, Strictness
from siamgui.evaluation.audit_page import html_of
from siamgui.evaluation.audit_types import AuditReport, GroupingAudit
from siamgui.evaluation.audit_words import lack_words, ratio_words
from siamgui.evaluation.group_rates import audit, judge_all
from siamgui.evaluation.groups import measured_groups, read_groups
from siamgui.evaluation.pairs import People, TooLittleRead, read_people
from siamgui.evaluation.reading import Progress, Reader, read_photos
from siamgui.evaluation.results import head

SCHEMA = "siamgui.audit/1"


class AuditUnwritable(SiamguiError):
    """values: name"""

    text = mark("“{name}” cannot be written. Choose another place.")


class AuditSource:
    """The people of a folder, and which groups they are said to be in: all that can be wrong before the work."""

    def __init__(self, folder: Path, tables: Sequence[Path]) -> None:
        """Raises TooFewPeople, FolderUnreadable and what read_groups() raises."""
        self.people: People = read_people(folder)
        self.tables = [read_groups(table, self.people) for table in tables]

    def audit(
        self, engine: Reader, info: EngineInfo, calibration: Calibration, jobs: int, progress: Progress
    ) -> AuditReport:
        """progress: (photographs done, in all); what it raises ends the audit. Raises TooLittleRead."""
        people, start = self.people, time.perf_counter()
        readings = read_photos(engine, people.photos, jobs, progress)
        seconds = time.perf_counter() - start
        person = np.array(people.person)
        photos = np.bincount(person[readings.read])
        if (photos > 0).sum() < 2 or photos.max() < 2:
            raise TooLittleRead(name=people.name)
        count = len(people.photos)
        judged = judge_all(readings, person, calibration, lambda: progress(count, count))
        given = [grouping for table in self.tables for grouping in table.groupings]
        return AuditReport(
            head("people", people, readings, info, calibration, seconds),
            len(people.names),
            people.skipped,
            audit(judged, readings, (*given, *measured_groups(readings))),
            tuple(note for table in self.tables for note in table.notes),
        )


def write_audit(page: Path, report: AuditReport, shown: Strictness) -> tuple[Path, Path]:
    """The page, and beside it the same as JSON, each whole or not at all; their paths. Raises AuditUnwritable."""
    numbers = page.with_suffix(".json")
    text = json.dumps(as_json(report), ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    for path, content in ((numbers, text), (page, html_of(report, shown))):
        try:
            write_whole(path, content.encode(), exported=True)
        except OSError:
            raise AuditUnwritable(name=path.name) from None
    return page, numbers


def as_json(report: AuditReport) -> dict[str, Any]:
    """As docs/audit.md says."""
    everybody = {strictness.value: asdict(rates) for strictness, rates in report.audit.everybody.items()}
    return {
        "schema": SCHEMA,
        **report.head,
        "people": report.people,
        "skipped": report.skipped,
        "everybody": everybody,
        "groupings": [_grouping_json(grouping) for grouping in report.audit.groupings],
        "notes": list(report.notes),
    }


def _grouping_json(grouping: GroupingAudit) -> dict[str, Any]:
    said = {
        strictness.value: {**asdict(rates), "words": [*ratio_words(grouping, rates), *lack_words(grouping, rates)]}
        for strictness, rates in grouping.strictness.items()
    }
    return {"key": grouping.key, "measured": grouping.measured, "not_stated": grouping.not_stated, "strictness": said}
