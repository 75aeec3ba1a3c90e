"""How things are written: marks in texts, percentages, moments, cells of a spreadsheet."""
