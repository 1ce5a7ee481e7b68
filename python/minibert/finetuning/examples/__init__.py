"""Labelled files, from their bytes to token ids.

Read `tables`, `columns`, `reader`, `features`.
"""
