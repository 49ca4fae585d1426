"""The journal: who did what and when, in references only, in a tree that nobody rewrites unseen (architecture.md 5).

`docs/journal.md` says what is proved, what is not, and how to verify.
"""
