"""Installing on a server: `script/install`. Knows the standard library alone: it runs before any environment exists."""
