"""The same BERT without computation on padding."""
