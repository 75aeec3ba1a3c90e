"""Says which engines are here, and fails where none is."""

import sys

from . import engines_here

versions = engines_here().values()
print("\n".join(versions) or "neither Firefox nor WebKit is here")
sys.exit(not versions)
