"""Are two faces the same person?

python examples/compare_two.py LEFT RIGHT
"""

from __future__ import annotations

import sys

from siamgui import compare
from siamgui.api import SiamguiError, words


def main() -> None:
    left, right = sys.argv[1:]
    try:
        answer = compare(left, right, strictness="balanced")
    except SiamguiError as error:  # no face, a damaged picture...
        sys.exit(str(error))
    print(*words(answer), sep="\n")
    print(f"distance {answer.verdict.distance:.2f}, FMR {answer.verdict.fmr:.1g}")


if __name__ == "__main__":
    main()
