"""PDF files → text in logical order: characters and their places, lines, columns, paragraphs."""
