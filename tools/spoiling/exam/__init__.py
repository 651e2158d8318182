"""Kinds of spoiling for an examination: no cohort may be made of them, and none works as one of FAMILIES does.

What a claim is worth for faults that nobody thought of is measured on these. They may not be tuned on either: look at
them once, when the method stands.
"""

from __future__ import annotations

from spoiling.exam import bent, computed, light, put_on
from spoiling.family import Family

EXAM: tuple[Family, ...] = (*bent.KINDS, *computed.KINDS, *light.KINDS, *put_on.KINDS)
