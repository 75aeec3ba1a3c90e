"""Operating an installed site: `trato`, the one command that always loads the one configuration."""
