"""Words and codes shared by the whole code base. Imports nothing of ours; providers may import it too."""
