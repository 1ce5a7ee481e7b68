"""`minibert finetune` and `minibert predict`.

Read `finetune`, `dataset`, `task`, `trials`, `trainer`, `metrics`, `logits`, `baseline`,
`files`, `classifier`, `predict`. The folder `examples` reads labelled files.
"""
