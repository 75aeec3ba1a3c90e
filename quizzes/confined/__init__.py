"""What strangers' files are read in: a process of its own that may take little time and memory, and open nothing."""
