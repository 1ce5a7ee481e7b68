"""WordPiece: the vocabulary, token ids and the tokenizer files.

Read `wordpiece`, `options`, `vocabulary`, `train`, `files`.
"""
