"""The commands, one file each: arguments, options, and the function that does the work."""
