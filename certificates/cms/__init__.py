"""The pages of the CMS for the designs of certificates."""
