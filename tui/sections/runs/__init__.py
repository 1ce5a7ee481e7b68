"""The section that lists runs and starts new ones."""
