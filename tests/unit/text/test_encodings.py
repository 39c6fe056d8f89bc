"""Text that is neither UTF-8 nor Windows-1252."""

from __future__ import annotations

import pytest

from app.domain.text.encodings import Transcoder, find_encoding, to_utf8

TEXT = (
    "1,José Peña,12 Calle Ñandú,San José\n2,María Núñez,5 Avenida Cañón,Córdoba\n"
    "3,Zoë Müller,1 Rue de l'Église,Fort-de-France\n"
)
JAPANESE = "1,東京都千代田区丸の内1丁目,東京\n2,大阪府大阪市北区梅田,大阪\n3,京都府京都市中京区,京都\n"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "mac_roman", "cp850", "cp437"])
def test_western_text(encoding: str) -> None:
    assert to_utf8(TEXT.encode(encoding)).decode() == TEXT


@pytest.mark.parametrize("encoding", ["cp932", "gb18030", "euc_jp"])
def test_text_of_east_asia(encoding: str) -> None:
    assert to_utf8((JAPANESE * 4).encode(encoding)).decode() == JAPANESE * 4


@pytest.mark.parametrize("raw", [
    TEXT.encode(), TEXT.encode("cp1252"), TEXT.encode() + b"4,Jos\xe9\n", b"plain\n", b"", b"a\0b\n", b"\xe9",
    "1,“quoted” – dash, 5½ rue d’Alsace, n° 5, Muñoz’s, JOSÉ, 20 € €5\n".encode("cp1252"),
])  # fmt: skip
def test_what_is_read_as_it_is(raw: bytes) -> None:
    assert find_encoding(raw) is None and to_utf8(raw) == raw


def test_blocks_may_cut_characters() -> None:
    transcoder, raw = Transcoder("utf-16"), TEXT.encode("utf-16")
    pieces = [transcoder.feed(raw[at : at + 1]) for at in range(len(raw))] + [transcoder.feed(b"", final=True)]
    assert b"".join(pieces).decode() == TEXT


@pytest.mark.parametrize("encoding", ["mac_roman"])
def test_a_few_letters_are_enough_where_windows_1252_makes_no_sense_of_them(encoding: str) -> None:
    text = "ID;Straße;Ort\n1;Gärtnerweg 7;Köln\n"
    assert to_utf8(text.encode(encoding)).decode() == text
