"""The training loop and its parts.

Read `trainer`, `optimization`, `running_metrics`, `checkpoint`, `datasets`, `distributed`, `ranks`,
`out_of_memory`.
"""
