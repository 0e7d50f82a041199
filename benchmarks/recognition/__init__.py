"""How right recognition is: a record with open cases and letters sent, and mails as people would write to it."""
