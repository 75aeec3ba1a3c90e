"""The plan of a health centre: agreeing on actions, their reviews, what is due, figures, and the sheet for the wall."""
