"""Says which engines are here, and fails where none is."""

import sys

from . import ENGINES

print("\n".join(ENGINES.values()) or "neither Firefox nor WebKit is here")
sys.exit(not ENGINES)
