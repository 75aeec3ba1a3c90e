"""The pages of the CMS for people, groups, health centres and areas."""
