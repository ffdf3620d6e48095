"""All tables, one noun a file. Rules live in services and states; the database holds the invariants (CHECK, UNIQUE)."""

from app.models.account import HEALTH, Account, Budget
from app.models.event import Event, JobLease, Letter, Notice, Worker
from app.models.inbox import ACTIONS, KINDS, MUST_ANSWER, Aspiration, Comment, Outgoing
from app.models.organisation import CATEGORIES, ZONES, Organisation
from app.models.person import ROLES, Membership, Person
from app.models.post import Activity, Delivery, Photo, Post, Target
from app.models.reading import Reading

__all__ = [
    "ACTIONS",
    "CATEGORIES",
    "HEALTH",
    "KINDS",
    "MUST_ANSWER",
    "ROLES",
    "ZONES",
    "Account",
    "Activity",
    "Aspiration",
    "Budget",
    "Comment",
    "Delivery",
    "Event",
    "JobLease",
    "Letter",
    "Membership",
    "Notice",
    "Organisation",
    "Outgoing",
    "Person",
    "Photo",
    "Post",
    "Reading",
    "Target",
    "Worker",
]
