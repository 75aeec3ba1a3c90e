"""Texts in their forms: rich text, Markdown, values of files; walking through them; how easy they are to read."""
