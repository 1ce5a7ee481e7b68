"""Reading, writing and reporting: files, lines, units, reporters. Nothing here knows BERT.

Read `files`, `lines`, `npy`, `units`, `reporter`, `extras`.
"""
