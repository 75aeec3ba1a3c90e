"""Quizzes on paper: handing out, printing and keying in answer sheets; other sheets of a group."""
