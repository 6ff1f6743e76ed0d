"""What a Thai message says: normalise, cut into words, label, find the place and the time.

The room knows no database, no network and no clock, and reads no environment. Its doors are
`nlp.understanding.understand`, `nlp.classifier.classify` and `nlp.classifier.load`; the law of the
labels is `nlp.labels`.
"""
