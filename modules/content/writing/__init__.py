"""From the CMS to the files of `content/`.

`streams` and `live` say what the CMS holds now in the same values that `importing` reads from files; `files` writes
them in the one canonical form.
"""
