"""Files to articles to chunks: readers, page clean-up, metadata read from the text, chunking."""
