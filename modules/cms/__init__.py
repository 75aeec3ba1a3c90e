"""The pages of the CMS for the course: forms and lists of its snippets, reviews, reports, refusals to delete."""
