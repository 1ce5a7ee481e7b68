"""Charts in a terminal: axes, curves, downsampling, drawing.

Read `plot`, `drawing`, `axis`, `ticks`, `series`, `downsampling`, `smoothing`, `braille`, `canvas`.
"""
