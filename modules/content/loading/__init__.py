"""From the files of `content/` into the CMS.

`reading` turns bytes into nodes that know their line, `shapes` are the words in which `declarations` says what a file
may hold, `files` reads a whole language and finds everything that is wrong with it, `loading` puts it into the CMS.
The format is docs/reference/content-format.md.
"""
