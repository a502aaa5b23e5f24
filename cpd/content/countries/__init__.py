"""What differs between countries: numbers to call, some words, and how temperatures are written.

Each file of `data/` holds one country, dated and with its sources. They are data of the site and
not of a course: texts hold tokens, which are filled in when a page is served.
"""
