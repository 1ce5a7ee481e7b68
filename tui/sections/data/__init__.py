"""The section that shows the examples of a batch."""
