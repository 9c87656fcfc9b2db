"""``python app.py``: the chat page over the seed articles. The same as ``musnad chat``."""

import sys

from rag.cli import main

if __name__ == "__main__":
    sys.exit(main(["chat", *sys.argv[1:]]))
