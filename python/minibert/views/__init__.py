"""Results as a person reads them, a file for each kind."""
