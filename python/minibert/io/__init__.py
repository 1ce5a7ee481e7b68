"""Reading, writing and reporting: files, lines, units, reporters; nothing specific to BERT.

Read `files`, `lines`, `npy`, `units`, `reporter`, `extras`.
"""
