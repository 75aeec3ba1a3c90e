"""What is known of the people of a group and done for them: grid, calls, activity, marking, certificates."""
