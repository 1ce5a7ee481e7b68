"""The results of the commands as they are printed, a file for each command."""
