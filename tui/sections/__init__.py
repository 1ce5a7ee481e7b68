"""The sections of the application, a folder each; none imports another.

Read `base`, then `training`, `runs`, `attention`, `fill`, `tokens`, `data`.
"""
