"""WordPiece: the vocabulary, token ids and the tokenizer files.

Read `wordpiece`, `token_ids`, `options`, `vocabulary`, `train`, `files`, `json_checks`.
"""
