"""The training loop and its parts.

Read `trainer`, `loss`, `step`, `optimization`, `running_metrics`, `checkpoint`, `datasets`; for
several processes `distributed`, `ranks`, `agreement`; and `out_of_memory`.
"""
