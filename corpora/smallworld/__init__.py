"""The small world of the default corpus: its facts, its grammar and its kinds of documents."""
