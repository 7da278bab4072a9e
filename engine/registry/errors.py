"""Why a model is not promoted, each as one sentence for a person.

BadInputError
└── RegistryError      the registry cannot do what was asked; nothing has changed
    └── NotPassedError its verdict is against it; forcing it is possible
"""

from __future__ import annotations

from engine.errors import BadInputError


class RegistryError(BadInputError):
    """The registry cannot do what was asked; nothing has changed."""


class NotPassedError(RegistryError):
    """A candidate that the gate has not passed; who forces it can promote it all the same."""
