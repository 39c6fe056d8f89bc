"""The command `trigpoint`."""

from app.cli.commands import main

__all__ = ["main"]
