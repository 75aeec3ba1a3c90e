"""Facts that this app announces, after they are committed, to whoever stands above it."""

from django.dispatch import Signal

# Sent once for each attempt that was submitted, with `attempt`.
attempt_submitted = Signal()
