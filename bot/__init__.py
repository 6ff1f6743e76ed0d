"""The edges of Yaam: HTTP, LINE, processes, environment, clock and command line.

Rules live in `handlers`, Thai in `nlp`, rows in `db`; nothing there knows this package.
"""
