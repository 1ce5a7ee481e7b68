"""The libraries that minibert is measured beside."""
