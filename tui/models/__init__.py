"""Models for the screens, loaded and run in a background thread.

Read `worker`, `checkpoints`, `predictions`, `encoding`, `token_spans`.
"""
