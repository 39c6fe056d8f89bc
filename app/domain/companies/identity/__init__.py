"""The identity of a company, and the test whether a sentence, page or register entry is about it."""
