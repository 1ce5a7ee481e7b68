"""Run folders, watched while they change.

Read `run_watcher`, `run_snapshot`, `metrics_tail`, `metric_columns`, `polling`,
`run_states`, `describe`.
"""
