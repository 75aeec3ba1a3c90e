"""The rules of attempts: drawing a paper, saving answers, time, grading, marking, what counts, what comes after."""
