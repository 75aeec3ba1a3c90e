"""The rules of the question bank: where things are used, whom an edit affects, searching, previews."""
