"""The certificate as a page: typesetting, printing, sealing, joining many into one file."""
