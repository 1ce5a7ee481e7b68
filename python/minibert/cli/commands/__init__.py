"""The commands, a file each: arguments, options, and which function they call."""
