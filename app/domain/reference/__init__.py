"""Reference data: addresses with known coordinates, normalised once, and the rules by which a question finds them."""
