"""`minibert explain`: what happens inside a model.

Read `explain`, `explanation`, `activations`, `attention_patterns`, `head_ablation`, `logit_lens`,
`nearest_tokens`, `surprisal`, then `html`, `svg`, `colors`.
"""
