"""Accounts: signing in, inviting, passwords and tokens, each step in the audit. Called by the console and by commands.

The audit never holds a password, a token or a link, and it names people by their name, not by their e-mail.
"""
