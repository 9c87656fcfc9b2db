"""The HTTP server: the interface for programs, and the page, behind one door."""
