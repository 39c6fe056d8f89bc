"""Decoding of e-mail addresses that pages encode to hide them from harvesters."""

from __future__ import annotations

import base64
import binascii
import codecs
import re
from urllib.parse import unquote

_HEXADECIMAL = re.compile(r"(?:[0-9a-fA-F]{2}){2,400}")


def decode_cloudflare(code: str) -> str:
    """Decode hexadecimal bytes of which the first is the key of the others; an empty string if that is not possible.

    The address may be followed by the query of a mailto: link, which is dropped.
    """
    digits = _HEXADECIMAL.match(code[:2_000].strip())
    try:
        key, *hidden = bytes.fromhex(digits[0]) if digits else b""
    except ValueError:
        return ""
    text = bytes(byte ^ key for byte in hidden).decode("utf-8", "replace")
    return unquote(text.partition("?")[0])


def decode_typo3(code: str) -> str:
    """Decode TYPO3's linkTo_UnCryptMailto(…), which rotates all characters by one offset.

    Returns the address, an empty string if there is none.
    """
    for offset in range(-26, 27):
        text = "".join(_rotate(character, offset) for character in code[:400])
        if text.startswith("mailto:"):
            return text.removeprefix("mailto:")
    return ""


def _rotate(character: str, offset: int) -> str:
    for low, high in (("+", ":"), ("@", "Z"), ("a", "z")):
        if low <= character <= high:
            width = ord(high) - ord(low) + 1
            return chr((ord(character) - ord(low) + offset) % width + ord(low))
    return character


def decode_rot13(text: str) -> str:
    """Decode ROT13."""
    return codecs.decode(text[:400], "rot13")


def decode_base64(code: str) -> str:
    """Decode Base64 to text; an empty string if that is not possible."""
    try:
        return base64.b64decode(code[:2000] + "=" * (-len(code[:2000]) % 4), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return ""
