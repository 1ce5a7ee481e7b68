"""The section that fills masks in a text of the user."""
