"""What a claim of the pair says beside its rate: who else looks as alike, and what both photographs suffer from."""

from __future__ import annotations

from siamgui.core.i18n import mark, tr, trn
from siamgui.core.types import PairClaim

_UNKNOWN = mark("both look unusual in the same way")

# what is seen: the families of spoiling that look like it (keys of Cohort.kinds)
_FAULTS = {
    mark("both are bent by a lens, by glass or by stretching"): (
        "wide-lens pinched barrel pincushion fisheye squeezed sheared wavy ripples uneven-glass"
    ),
    mark("both are seen from a slant"): "keystone tilted",
    mark("both are out of focus"): "gaussian-blur bokeh partly-focused glow",
    mark("both are blurred by movement"): "motion-blur camera-shake zoom-blur rotation-blur ghost",
    mark("both have lost detail by strong compression"): "jpeg jpeg-chain webp avif jpeg-2000 video-blocks",
    mark("both have too few pixels"): "small enlarged mosaic face-mosaic aliased one-way-pixels",
    mark("both are very grainy or noisy"): (
        "gaussian-noise grain colour-noise salt-and-pepper stripes fixed-pattern shot-noise"
    ),
    mark("both are too dark"): "dark",
    mark("both are too bright or washed out"): "brightened overexposed haze",
    mark("both are lit unevenly or in one colour"): (
        "one-sided-light light-from-below vignette coloured-light spot-light blinds"
    ),
    mark("both are negatives"): "negative luminance-negative",
    mark("both have altered tones or colours"): (
        "solarised posterised threshold colour-cast gamma contrast channel-mix channel-swap local-contrast "
        "sharpening-halos grey toned cross-processed hue-turned false-colours"
    ),
    mark("both are photographed from a screen"): (
        "interlace-comb scan-lines moire dot-grid subpixels glare panel-cast torn-frame"
    ),
    mark("both are printed, copied or scanned"): (
        "halftone newspaper ordered-dither error-diffusion photocopy copied-often fax folds paper-texture stamp "
        "guilloche hologram scan-streaks engraving"
    ),
    mark("the same part of both faces is covered"): (
        "medical-mask sunglasses spectacles cap hood fringe hand scarf beard censor-bar blurred-part sticker"
    ),
    mark("both faces have something painted, written or laid over them"): (
        "face-paint cast-shadow caption watermark net bars drops dirt scribble smear spotlight"
    ),
    mark("the same part of both faces is cut off"): (
        "cut-below cut-above cut-half cut-tight cut-chin cut-oval cut-torn cut-black-side"
    ),
    mark("both are smoothed, made up or reshaped"): (
        "beauty median edge-preserving large-eyes reshaped make-up average-face airbrushed"
    ),
    mark("both are old or damaged prints"): (
        "sepia scratches stains cracked yellowed daguerreotype retouched hand-tinted"
    ),
    mark("both are drawn or painted, or look so by a filter"): (
        "pencil oil cartoon emboss line-art woodcut watercolour stained-glass tiles kuwahara characters"
    ),
}
_OF_KIND = {kind: fault for fault, kinds in _FAULTS.items() for kind in kinds.split()}


def known(kind: str) -> bool:
    """Whether there are words of its own for this family of spoiling."""
    return kind in _OF_KIND


def shared_fault(kind: str) -> str:
    """Why only what two photographs share keeps a verdict from "same", and what would help. kind: of PairClaim."""
    return tr(
        "Both photographs share a fault that makes different people look alike: {fault}. "
        "Use an ordinary photo of at least one of them.",
        fault=tr(_OF_KIND.get(kind, _UNKNOWN)),
    )


def strangers(claim: PairClaim) -> str:
    """How many people of the cohort are more like either face than the other face is."""
    return tr(
        "Of {count} strangers in all kinds of pictures, {left} more like the left face than the right face does, "
        "and {right} more like the right one.",
        count=f"{claim.strangers:,}",
        left=_they_look(claim.nearer_left),
        right=_they_look(claim.nearer_right),
    )


def _they_look(count: int) -> str:
    return trn("{count} looks", "{count} look", count, count=f"{count:,}") if count else tr("none look")
