"""Every Thai sentence that a person reads in LINE, by topic. Pure: values in, messages out.

The account speaks as a courteous public servant: short, warm, exact. It never says that help is
on its way unless an officer said so, and never that nobody knows who wrote.
"""
