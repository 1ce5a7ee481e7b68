"""The section that shows tokenization and the vocabulary."""
