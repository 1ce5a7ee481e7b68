"""The section that shows attention weights."""
