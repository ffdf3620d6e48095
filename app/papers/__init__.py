"""What leaves on paper or as a file: tables (XLSX, CSV) and PDF, from plain data; and tables that come in, read safely.

Nothing here knows the database, a request or the time: who calls hands over everything that is to be written.
"""
