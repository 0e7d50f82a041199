"""Measurements of the reader: accuracy on filled forms with truth, speed, and hostile input."""
