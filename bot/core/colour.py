"""One colour, made readable on several surfaces (WCAG 2.2, contrast of text)."""

from collections.abc import Iterable

AA = 4.5
_STEPS = 100
_GREYEST = 0.04045  # sRGB is linear up to here

Colour = tuple[float, float, float]  # red, green, blue, each from 0 to 1


def readable(colour: str, surfaces: Iterable[str], toward: str) -> str:
    """The colour, or the nearest mixture with `toward` that has AA contrast on every surface.

    Colours are written #rrggbb. `toward` itself must be readable on the surfaces.
    """
    surfaces = tuple(surfaces)
    for step in range(_STEPS):
        mixed = mix(colour, toward, step / _STEPS)
        if min(contrast(mixed, surface) for surface in surfaces) >= AA:
            return mixed
    return toward


def mix(one: str, other: str, share: float) -> str:
    """So much of the other in the one."""
    pairs = zip(_read(one), _read(other), strict=True)
    return "#" + "".join(f"{round(255 * (a + (b - a) * share)):02x}" for a, b in pairs)


def contrast(one: str, other: str) -> float:
    """From 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(part) for part in _read(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= _GREYEST else ((part + 0.055) / 1.055) ** 2.4


def _read(colour: str) -> Colour:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue
