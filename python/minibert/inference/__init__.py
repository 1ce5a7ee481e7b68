"""Uses of a trained model: filling masks and embedding sentences.

Read `fill_mask`, `candidates`, `multi_token`, `masked_texts`, `decoding`, `fill_lines`, then
`sentence_embedder`, `sentence_transformers`.
"""
