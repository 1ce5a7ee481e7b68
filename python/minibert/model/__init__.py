"""BERT, its initialization and its files.

Read `bert`, `losses`, `initialization`, `context_vectors`, `classification`, then `folder`,
`files`, `pretrained`, `onnx`. The folder `fast` has the same BERT, optimized for speed.
"""
