"""`minibert finetune` and `minibert predict`.

Read `finetune`, `dataset`, `task`, `trials`, `trainer`, `metrics`, `logits`, `bag_of_words`,
`files`, `classifier`, `predict`. The folder `examples` reads labelled files.
"""
