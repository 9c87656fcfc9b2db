"""``python -m rag`` is the ``musnad`` command."""

import sys

from rag.cli import main

sys.exit(main())
