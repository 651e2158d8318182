"""What holds for photographs of the kind that a version was trained for, and how they are known.

A direction is fitted that tells the user's faces from those of a reference set, and the limit is set where one in
fifty of these lies beyond it, each judged by a direction that was fitted without that person. What the user's couples
of faces say is then measured apart, for couples of which one face is beyond the limit, and for those of which both are:
two pictures of one poor camera are drawn together, and need another limit than one of them against a clear photograph.
And it is measured how much of their cosine such couples lose for what they have in common (siamgui.core.cohort): so
much is forgiven a pair of the domain, and no more.

No picture and no embedding is kept of anybody; the direction is a mean over all of the user's faces.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from siamgui.core.calibration import Calibration
from siamgui.core.domain import Belonging, Domain
from siamgui.labelling.types import Ints
from siamgui.versions.calibrate import Vectors

PASSING = 0.02
"""Share of the faces of a reference set that lie beyond the limit."""
MAY_BE = 0.1
"""Share of them that may be of the domain: not certain enough to be compared with a face that is."""
USUAL = 0.65
"""Share of the user's couples of which what they have in common is forgiven whole (docs/decisions/0020)."""
LEAST_FACES, LEAST_PEOPLE = 200, 40
"""Faces of a reference set, and people shown, without which such a share can't be told: of the faces of 20 people it is
twice what was meant, and up to ten times."""
LEAST_KNOWN = 10
_STIFFNESS = 3.0  # C of the logistic regression
_STEPS = 300


class Others(NamedTuple):
    """Faces of other people than the user's. vectors: (m, d) unit embeddings; person: (m,) who each shows."""

    vectors: Vectors
    person: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Recogniser:
    """direction, beyond, near: as in Domain. own: of the user's faces, each by a direction fitted without its fold."""

    direction: NDArray[np.float64]
    beyond: float
    near: float
    own: Belonging


def recogniser(user: Vectors, fold: Ints, reference: Others) -> Recogniser | None:
    """user: (n, d) unit embeddings; fold: (n,) of each. None where few are known."""
    numbers = np.unique(fold)
    few = len(reference.person) < LEAST_FACES or len(np.unique(reference.person)) < LEAST_PEOPLE
    if few or len(numbers) < 2:
        return None
    # The same few hundred times the user's faces: more would only take longer.
    generator = np.random.default_rng(0)
    chosen = generator.permutation(len(reference.person))[: max(1000, 8 * len(user))]
    others = reference.vectors[chosen]
    # By person: a direction fitted against some photographs of a person keeps the others of that person away as well.
    people, person = np.unique(reference.person[chosen], return_inverse=True)
    of_other = numbers[generator.permutation(len(people))[person] % len(numbers)]
    own, strange = np.zeros(len(user)), np.zeros(len(others))
    for number in numbers:
        line, level = _direction(user[fold != number], others[of_other != number])
        own[fold == number] = user[fold == number] @ line + level
        strange[of_other == number] = others[of_other == number] @ line + level
    near, beyond = (float(np.quantile(strange, 1 - share)) for share in (MAY_BE, PASSING))
    if (own > beyond).sum() < LEAST_KNOWN:
        return None
    line, level = _direction(user, others)
    return Recogniser(line, beyond - level, near - level, Belonging(own > beyond, own > near))


def _direction(user: Vectors, others: Vectors) -> tuple[NDArray[np.float64], float]:
    """(d,) along which the user's faces lie further than others, and the log odds where the product with it is 0.

    Ridge logistic regression, both sides of equal weight.
    """
    from scipy.optimize import minimize  # scikit-learn's takes a second to import, and is used for nothing else
    from scipy.special import expit

    faces = np.concatenate([user, others]).astype(np.float64)
    faces = np.column_stack([faces, np.ones(len(faces))])
    sign = np.repeat([1.0, -1.0], [len(user), len(others)])
    weight = _STIFFNESS * np.repeat([0.5 / len(user), 0.5 / len(others)], [len(user), len(others)]) * len(faces)

    def loss(line: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = sign * (faces @ line)
        slope = np.append(line[:-1], 0.0)  # the level is free
        value = weight @ np.logaddexp(0.0, -margin) + 0.5 * slope @ slope
        return float(value), slope - faces.T @ (weight * sign * expit(-margin))

    found = minimize(loss, np.zeros(faces.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": _STEPS}).x
    return found[:-1], float(found[-1])


def with_domain(
    table: Calibration,
    found: Recogniser | None,
    one: Calibration | None,
    both: Calibration | None,
    usual: tuple[float, float],
) -> Calibration:
    """table, with what holds where faces are known. usual: as in Domain."""
    if found is None or (one is None and both is None):
        return table
    return replace(table, domain=Domain(found.direction, found.beyond, found.near, one, both, usual))
