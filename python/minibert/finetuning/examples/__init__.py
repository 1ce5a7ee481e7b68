"""Files of labelled texts, from lines to token ids.

Read `tables`, `columns`, `reader`, `features`.
"""
