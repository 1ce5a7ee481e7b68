"""The same BERT without computation on padding.

Read `unpadding`, `attention`, then `bert`. A reader who wants to know BERT can skip this folder.
"""
