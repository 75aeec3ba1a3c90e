"""Lists of staff as trainers have them: read, recognised, planned row by row, and written all or nothing."""
