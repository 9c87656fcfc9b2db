"""Training of the reader: examples, the training itself, and what it reaches."""
