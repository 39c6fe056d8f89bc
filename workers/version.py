"""The version that a worker reports."""

from importlib.metadata import version

VERSION = version("trigpoint")
