"""What staff are told of the account itself. Run inside the sender's transactions."""

from datetime import datetime, timedelta

from sqlmodel import Session

from db import people, stations
from db.stations import OpenStation
from handlers.changes import Priority
from handlers.ids import Ids
from handlers.posting import Envelope, Post
from handlers.wording import staff as words

# LINE will refuse it as well, most likely: later it would be no news, or not true any more.
_NEWS = timedelta(hours=1)


def warn_month_spent(session: Session, station: OpenStation, ids: Ids, now: datetime) -> None:
    """Once, when the month's quota is found spent: an audit entry, a message to those on duty."""
    subject = f"station {station.id}"
    stations.add_audit(session, station.id, now, "clock", "quota_spent", subject)
    post = Post(session, station, ids, now)
    for staff in people.list_reachable(session, station.id):
        if staff.on_duty:
            envelope = Envelope("notice", Priority.EMERGENCY, expires_at=now + _NEWS)
            post.to_person(staff.person_id, (words.quota_warning(),), envelope)
