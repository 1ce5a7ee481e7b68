"""Models for the screens, loaded and asked in a background thread.

Read `worker`, `checkpoints`, `predictions`, `encoding`, `token_spans`.
"""
