"""Pipeline stages 3 to 6: from a corpus to token ids and masked batches.

Read `token_store`, `prepare`, `cache`, `dataset`, `dataloader`, `collator`.
"""
