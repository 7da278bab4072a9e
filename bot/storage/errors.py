"""What can go wrong with the database, each as one sentence for a person.

CadenzaError
└── StorageError     the database cannot be used, or refused what was asked
    ├── GoneError    what was asked for is no longer there (or never was)
    └── StateError   a job or a fine-tune is not in the state that the next one follows from
"""

from __future__ import annotations

from engine.errors import CadenzaError


class StorageError(CadenzaError):
    """The database cannot be used; ``str()`` says why and what to do."""


class GoneError(StorageError):
    """A piece, person, job or fine-tune has been deleted in the meantime."""


class StateError(StorageError):
    """It has gone another way in the meantime: it was cancelled, or has ended, or another runs."""
