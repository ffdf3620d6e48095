"""What can be told from the words themselves, offline: kinds of comments, urgency, personal data.

Standard library and one model library only: nothing here knows of the database, Flask or a platform.
"""
