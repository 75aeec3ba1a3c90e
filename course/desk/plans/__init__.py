"""The pages of the plans of health centres."""
