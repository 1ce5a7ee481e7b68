"""The sections of the application, a folder each, listed in `tui/navigation.py`.

No section imports another. Read `base`, then `training`, `runs`, `attention`, `fill`, `tokens`,
`data`.
"""
