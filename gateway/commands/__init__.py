"""The commands of `python -m gateway`, each a module that exports its click group or command."""
