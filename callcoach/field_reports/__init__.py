"""What rises from the floor: each week's competitor names, objections and priorities, and the letter
about them to the sponsor.
"""
