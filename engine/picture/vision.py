"""How far apart two colours look: against their ground, and to eyes that lack red or green.

A colour is ``#rrggbb`` in sRGB.
"""

from __future__ import annotations

from functools import cache
from math import cbrt, dist
from typing import NamedTuple

# What is left of linear red, green, blue to eyes without long- or middle-wave cones. Source:
# Machado, Oliveira and Fernandes, A Physiologically-based Model for Simulation of Color Vision
# Deficiency, 2009, table 1, severity 1.0.
_FULL = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
_WITHOUT_RED = (
    (0.152286, 1.052583, -0.204868),
    (0.114503, 0.786281, 0.099216),
    (-0.003882, -0.048116, 1.051998),
)
_WITHOUT_GREEN = (
    (0.367322, 0.860646, -0.227968),
    (0.280085, 0.672501, 0.047413),
    (-0.011820, 0.042940, 0.968881),
)
_VISIONS = (_FULL, _WITHOUT_RED, _WITHOUT_GREEN)

# Linear sRGB to cones and their cube roots to Oklab. Source: Ottosson, A perceptual color space
# for image processing, 2020.
_TO_CONES = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
_TO_OKLAB = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)


class _Triple(NamedTuple):
    a: float
    b: float
    c: float


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21, as WCAG 2.2 defines it."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@cache
def difference(one: str, other: str) -> float:
    """Return the distance of two colours in Oklab, for the eyes that see the least of it.

    0 for the same colour, 1 from black to white; 0.02 is just noticed side by side.
    """
    return min(dist(_oklab(one, vision), _oklab(other, vision)) for vision in range(len(_VISIONS)))


def mixed(ink: str, ground: str, share: float) -> str:
    """Return so much of the ink (0 to 1) over the ground."""
    return "#" + "".join(
        f"{round(a * share + b * (1 - share)):02x}"
        for a, b in zip(bytes.fromhex(ink[1:]), bytes.fromhex(ground[1:]), strict=True)
    )


@cache
def _oklab(colour: str, vision: int) -> _Triple:
    seen = _times(_VISIONS[vision], _linear(colour))
    cones = _times(_TO_CONES, _Triple(*(min(max(light, 0.0), 1.0) for light in seen)))
    return _times(_TO_OKLAB, _Triple(*(cbrt(cone) for cone in cones)))


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(colour: str) -> _Triple:
    """Undo sRGB's curve: 0 to 1 in proportion to light."""
    return _Triple(*(_light(byte / 255) for byte in bytes.fromhex(colour[1:])))


def _light(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _times(matrix: tuple[tuple[float, float, float], ...], vector: _Triple) -> _Triple:
    return _Triple(*(sum(m * v for m, v in zip(row, vector, strict=True)) for row in matrix))
