"""The books: funds, accounts, journal entries, postings, periods, marks. Others book through `operations`."""
