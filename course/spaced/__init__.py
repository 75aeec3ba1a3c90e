"""Short cases one, four and eight weeks after finishing: which are due, what they ask, how many of a group did them."""
