"""What every face is a client of: questions, articles and long work, for many at once."""
