"""Those who wait for stock: who they are, and telling them in waves.

`joining` takes people in and forgets them, `step` looks after one list at a time, `sending` carries a wave out, `views`
say who was told, who was not, and why. A contact is sealed wherever it is kept (`sealing`).
"""
