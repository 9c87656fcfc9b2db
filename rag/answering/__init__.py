"""What was read → the answer a reader sees, every sentence cited: start at ``pipeline``."""
