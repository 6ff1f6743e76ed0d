"""A stand-in for the LINE platform on loopback, with a chat page.

Imports nothing of the product, and the product imports nothing of it.
"""

from simulator.groups import Group
from simulator.line import Line
from simulator.people import Person
from simulator.records import Message, Rejected, Sent

__all__ = ["Group", "Line", "Message", "Person", "Rejected", "Sent"]
