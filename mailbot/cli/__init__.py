"""The commands. `mailbot --help` lists them."""

from mailbot.cli.app import main

__all__ = ["main"]
