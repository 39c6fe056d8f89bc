"""The checks of `trigpoint doctor`. Each returns what it found, and what to do about it."""
