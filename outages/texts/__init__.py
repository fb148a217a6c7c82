"""Codes and numbers as sentences, in the reader's language."""
