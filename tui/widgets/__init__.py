"""Widgets that several sections share, one a file."""
