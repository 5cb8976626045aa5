"""Gated recurrent networks, GRU first."""

from tidegate._engine import VERSION as __version__

__all__ = ["__version__"]
