"""Registers and directories of companies."""
