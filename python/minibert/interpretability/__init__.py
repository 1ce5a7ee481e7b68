"""`minibert explain`: activations and attention of a model for one text.

Read `explain`, `explanation`, `activations`, `attention_patterns`, `head_ablation`, `logit_lens`,
`nearest_tokens`, `surprisal`, then `html`, `svg`, `colors`.
"""
