"""`minibert evaluate`: masked-token loss, minimal pairs and pseudo-log-likelihood.

Read `evaluate`, `masked_lm`, `validation`, `baselines`, `minimal_pairs`, `pseudo_log_likelihood`,
`text_length`, `confidence`.
"""
