"""Text and delimited text: decoding, reading and writing. Several areas use this package; it imports none of them."""
