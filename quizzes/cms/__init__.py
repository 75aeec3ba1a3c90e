"""The pages of the CMS for the question bank: lists, forms, bulk actions, imports, publishing."""
