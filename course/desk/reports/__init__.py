"""The pages of reports and registers."""
