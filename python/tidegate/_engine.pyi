"""The compiled module."""

from typing import final

VERSION: str
