"""Reading and writing delimited text. Several areas stand on this package."""
