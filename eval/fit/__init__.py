"""Fitting, apart from measuring: each module is a command that prints what it found, on questions
it was not fitted to, and with ``--write`` puts it in force.
"""
