"""`minibert pretrain`.

Read `pretrain`, `plan`, `run_setup`, `initial_model`, `session`, `signals`, `cloze`, `launch`,
`estimate`, `trackers`.
"""
