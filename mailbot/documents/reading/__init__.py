"""Reading strangers' files: bytes of any kind to a Document."""

from mailbot.documents.reading.choosing import read_document
from mailbot.documents.reading.tools import Tools

__all__ = ["Tools", "read_document"]
