"""Versions of the policy: checked, previewed on live stock, published, brought back, and marked for deciding again.

`checking` reads a proposal, `preview` counts its impact, `publishing` puts it in force, `marking` lets the worker
decide again what it touches. The web's policy API and the `policy` commands are the two doors.
"""
