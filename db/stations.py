"""Stations: found by their address, opened with the seal key."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from db.models import AuditEntry, Station
from db.seals import Seals, StationSeals, new_lookup_key

FIRST_SLUG = "main"


@dataclass(frozen=True, slots=True)
class OpenStation:
    """A station with its seals; what a process keeps in memory while it runs."""

    id: int
    slug: str
    name: str
    seals: StationSeals


def find_station(session: Session, slug: str) -> Station | None:
    return session.exec(select(Station).where(Station.slug == slug)).first()


def get_station(session: Session, station_id: int) -> Station:
    """Raises LookupError."""
    station = session.get(Station, station_id)
    if station is None:
        raise LookupError(f"no station {station_id}")
    return station


def list_stations(session: Session) -> list[Station]:
    return list(session.exec(select(Station).order_by("id")))


def create_station(
    session: Session, seals: Seals, name: str, now: datetime, slug: str = FIRST_SLUG
) -> Station:
    key = seals.seal(new_lookup_key(), "station.lookup_key")
    station = Station(slug=slug, name=name, lookup_key=key, created_at=now)
    session.add(station)
    session.flush()
    return station


def open_station(station: Station, seals: Seals) -> OpenStation:
    """Raises SealFault where SEAL_KEY is not the one that this database was made with."""
    lookup_key = seals.open(station.lookup_key, "station.lookup_key")
    return OpenStation(station.id, station.slug, station.name, StationSeals(seals, lookup_key))


def add_audit(
    session: Session,
    station_id: int,
    now: datetime,
    actor: str,
    action: str,
    subject: str,
    **facts: str,
) -> None:
    """Who did what to which thing; never words or LINE ids."""
    session.add(
        AuditEntry(
            station_id=station_id, at=now, actor=actor, action=action, subject=subject, facts=facts
        )
    )
