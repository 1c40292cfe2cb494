"""A policy while a person writes it: kept per person, valid or not, until it is published or discarded.

`forms` turns the fields of a page into a section of the document, `arranging` adds, moves and takes out, `carrying`
brings a draft over to a version that somebody else published meanwhile, `desk` keeps it all. The console is the door.
"""
