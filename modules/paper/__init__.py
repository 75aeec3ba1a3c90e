"""Paper: the press that makes tagged PDFs, and the sheets that a centre prints."""
