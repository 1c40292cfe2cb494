"""What a person must decide: which kinds there are, what a person's word on each does, and who looks for them."""
