"""From a corpus to masked batches.

Read `token_store`, `prepare`, `cache`, `dataset`, `dataloader`, `collator`.
"""
