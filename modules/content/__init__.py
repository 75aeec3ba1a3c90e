"""The course as text in files: what a file may hold, from files into the CMS, and from the CMS into files."""
