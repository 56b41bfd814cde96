"""A follow-up question made to stand alone, by rules: "Why did he leave?" → "Why did Per Lund leave?"."""

from rag.followup.resolving import standalone

__all__ = ["standalone"]
