"""The run folder: its manifest, metrics and control files. Nothing here imports PyTorch.

Read `run`, `metrics`, `summary`, `comparison`, `control`, `deletion`, `model_card`.
"""
