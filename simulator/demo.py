"""The small world that the page opens with. Every name is made up."""

from dataclasses import dataclass

from simulator.groups import Group
from simulator.line import Line
from simulator.people import Person

GROUP_NAME = "ชุมชนซอยเทศบาล 5"


@dataclass(frozen=True)
class Demo:
    """Nobody is a friend of the bot yet, and it is not in the group.

    Ids are the same at every start with the same channel, so that a database kept by the bot
    still knows these people.
    """

    resident: Person
    neighbour: Person
    leader: Person
    officer: Person
    group: Group


def build_demo(line: Line) -> Demo:
    """Four people and a neighbourhood group of 83."""
    resident = line.add_person("ป้านา (ชาวบ้าน)", friend=False, key="resident")
    leader = line.add_person("ลุงชัย (หัวหน้าชุมชน)", friend=False, key="leader")
    neighbour = line.add_person("น้องฟ้า (ลูกบ้าน)", friend=False, key="neighbour")
    officer = line.add_person("เจ้าหน้าที่เวร", friend=False, key="officer")
    members = [leader, resident, neighbour]
    group = line.add_group(GROUP_NAME, members, extra_members=80, key="group")
    return Demo(resident, neighbour, leader, officer, group)
