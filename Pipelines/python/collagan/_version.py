"""Version of the program that comes with the package; written when the wheel is made."""
__version__ = "0"
