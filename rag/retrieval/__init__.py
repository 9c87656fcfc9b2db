"""Question → ranked passages: the query, the legs that score passages, the fusion of the legs."""
