# SPDX-License-Identifier: GPL-2.0-only
"""What ends the program without a verdict."""


class BadInput(Exception):
    """What was asked for is wrong; the text says what, and what is allowed."""


class Broke(Exception):
    """The harness broke: nothing is said of a mutant."""
