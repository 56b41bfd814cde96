"""Studies: each measures the choices of one part, and is run again by one command."""
