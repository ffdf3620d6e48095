"""All tables, one noun a file. Rules live in services and states; the database holds the invariants (CHECK, UNIQUE)."""

from app.models.account import HEALTH, Account, Budget
from app.models.calendar import CALENDAR, CalendarEntry
from app.models.event import Event, JobLease, Letter, Notice, Worker
from app.models.handling import (
    ATTACHED,
    Agency,
    Attachment,
    Canned,
    Handle,
    Handover,
    ItemNote,
    Presence,
    Promise,
    SavedView,
)
from app.models.hook import Hook, Tally, Tombstone
from app.models.inbox import ACTIONS, CHANNELS, KINDS, MUST_ANSWER, SOURCES, URGENT, Aspiration, Comment, Outgoing
from app.models.organisation import CATEGORIES, ZONES, Organisation
from app.models.person import ROLES, Membership, Person
from app.models.post import Activity, Delivery, Photo, Post, Target
from app.models.reading import Reading

__all__ = [
    "ACTIONS",
    "ATTACHED",
    "CALENDAR",
    "CATEGORIES",
    "CHANNELS",
    "HEALTH",
    "KINDS",
    "MUST_ANSWER",
    "ROLES",
    "SOURCES",
    "URGENT",
    "ZONES",
    "Account",
    "Activity",
    "Agency",
    "Aspiration",
    "Attachment",
    "Budget",
    "CalendarEntry",
    "Canned",
    "Comment",
    "Delivery",
    "Event",
    "Handle",
    "Handover",
    "Hook",
    "ItemNote",
    "JobLease",
    "Letter",
    "Membership",
    "Notice",
    "Organisation",
    "Outgoing",
    "Person",
    "Photo",
    "Post",
    "Presence",
    "Promise",
    "Reading",
    "SavedView",
    "Tally",
    "Target",
    "Tombstone",
    "Worker",
]
