"""File formats → documents; encodings, markup and archives that they share."""
