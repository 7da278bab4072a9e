"""Every error that the engine raises on purpose, and what the command line makes of it.

    CadenzaError
    ├── BadInputError          what was asked cannot be done; exit 2
    │   ├── RequestError       words or options of a request
    │   ├── BadMidiError       a MIDI file that cannot be read
    │   ├── RatingsError       ratings that cannot be read, or teach nothing
    │   ├── RegistryError      a model that is not there, or may not be served
    │   └── OutputFolderError  a place that cannot be written to
    ├── MissingPartError       something to be installed or restored; exit 1
    │   ├── ModelError         weights missing, damaged or of another vocabulary
    │   ├── SoundfontError     soundfont missing or damaged
    │   └── ToolError          a program or library such as ffmpeg or FluidSynth
    └── CancelledError         the caller asked to stop; exit 130

A message is one sentence that says what is wrong and what to do about it. Foreign
errors are translated where they enter, with ``raise ... from``.
"""

from __future__ import annotations


class CadenzaError(Exception):
    """Any failure foreseen by the engine; ``str()`` is one sentence for a person."""

    exit_code = 1


class BadInputError(CadenzaError):
    """What was asked cannot be done as asked."""

    exit_code = 2


class RequestError(BadInputError):
    """A request contradicts itself or leaves the range of what can be composed."""


class BadMidiError(BadInputError):
    """A file is not MIDI, or holds nothing that can be used."""


class OutputFolderError(BadInputError):
    """The results cannot be written where they were asked for."""


class MissingPartError(CadenzaError):
    """Something outside the code is missing or damaged."""


class ModelError(MissingPartError):
    """The model's weights are missing, damaged or speak another vocabulary."""


class SoundfontError(MissingPartError):
    """A soundfont is missing or damaged."""


class ToolError(MissingPartError):
    """A program or shared library that the engine needs is missing or failed."""


class CancelledError(CadenzaError):
    """The caller asked to stop; nothing half-done was left behind."""

    exit_code = 130
