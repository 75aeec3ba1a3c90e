"""What several formats read alike: texts, marks, archives, XML, numbers, the `Reading` itself."""
