"""What a text says of itself, and what of a page is furniture: by lines, stamps and places."""
