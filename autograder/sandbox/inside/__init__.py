"""What runs behind the wall: mounted there alone, it imports nothing of ours.

Everything in here belongs to the student as soon as their code runs. Nothing that comes out of it
is believed: it is bounded, checked and compared outside.
"""
