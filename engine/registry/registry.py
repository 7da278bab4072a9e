"""Which model is served to whom: candidates in a folder, and one small file that points at them.

A candidate never changes once it lies there. It is served only while all its files are what its
card says and its base is the one that is loaded; otherwise what was served before it is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from engine.errors import CadenzaError
from engine.registry.entry import Entry
from engine.registry.errors import NotPassedError, RegistryError
from engine.registry.pointer import Pointer
from engine.registry.served import served_model
from engine.registry.shelf import Shelf
from engine.registry.state import PROMOTE, ROLLBACK, TRIAL, State, Step, Trial

MODELS = Path("data/models")
VARIABLE = "CADENZA_MODELS"

Loads = Callable[[Entry], None]
"""Loads a model's network and forgets it; raises CadenzaError for one that cannot be loaded."""


class Registry:
    """The models of a folder over one base. Cheap to make, and safe to share between threads."""

    def __init__(self, folder: Path, base: Path) -> None:
        self.folder, self.base = folder, base
        self._shelf = Shelf(folder, base)
        self._pointer = Pointer(folder)

    @staticmethod
    def open(environ: Mapping[str, str], *, folder: Path | None = None) -> Registry:
        """Return the registry of ``folder``, else of CADENZA_MODELS, else of MODELS."""
        named = environ.get(VARIABLE)
        chosen = folder or (Path(named).expanduser() if named else MODELS)
        return Registry(chosen, served_model(environ))

    # What there is

    def entries(self) -> list[Entry]:
        """Return every model: the base, then candidates by when they were made.

        Candidates that cannot be served are there, too, and say why.
        """
        return self._shelf.entries()

    def entry(self, model_id: str) -> Entry:
        """Return one model, be it fit to be served or not; RegistryError where there is none."""
        return self._shelf.entry(model_id)

    def ready(self, model_id: str) -> Entry:
        """Return a model that can be served; RegistryError with the reason where it cannot."""
        return self._shelf.ready(model_id)

    def add(self, folder: Path) -> Entry:
        """Give a finished candidate its place, whole or not at all, and return it from there.

        ``folder`` lies in the registry's folder under a name that begins with a dot, and is gone
        afterwards. If the same candidate lies there already, that one stays. Raises RegistryError
        for one that is damaged, of another base, or called like another one that is there.
        """
        return self._shelf.add(folder)

    # What is served

    def served(self, server: str | None = None, *, without: Collection[str] = ()) -> Entry:
        """Return the model to compose with: the server's own, else everyone's, else the base.

        In place of one that cannot be served, or that the caller goes ``without``, comes what was
        served before it; ``damaged`` says the former. ModelError is raised only if the base's own
        card is damaged.
        """
        return self._served(self._pointer.read(), server, without)

    def served_to(self) -> dict[str | None, Entry]:
        """Return what is served to everyone (None), and to each server that has its own."""
        state = self._pointer.read()
        return {scope: self._served(state, scope) for scope in (None, *sorted(state.servers))}

    def damaged(self) -> list[str]:
        """Return, in sentences, what should be served or tried and cannot be; empty if all can."""
        state = self._pointer.read()
        damage = self._pointer.damage()
        found = [] if damage is None else [damage]
        for scope in (None, *sorted(state.servers)):
            model_id = state.holds(scope)
            if model_id is not None and (why := self._unfit(model_id)):
                instead = self._served(state, scope).id
                found.append(f"{_whom(scope)} is served {instead} in place of {model_id}: {why}")
        if state.trial is not None and (why := self._unfit(state.trial.model)):
            found.append(f"the trial rests: {why}")
        return found

    def _served(self, state: State, server: str | None, without: Collection[str] = ()) -> Entry:
        for scope in (None,) if server is None else (server, None):
            for model_id in (state.holds(scope), *state.way_back(scope)):
                if model_id is None:
                    break
                if model_id in without:
                    continue
                try:
                    return self.ready(model_id)
                except RegistryError:
                    continue
        return self._shelf.base_entry()

    def _unfit(self, model_id: str) -> str | None:
        try:
            self.ready(model_id)
        except RegistryError as error:
            return str(error)
        return None

    # What changes it

    def promote(
        self,
        model_id: str,
        *,
        server: str | None = None,
        by: str,
        at: datetime,
        forced: bool = False,
        loads: Loads | None = None,
    ) -> Entry:
        """Serve a model to everyone or to one server from now on, and return it.

        ``loads`` tries it first. A trial of what everyone now has ends. What is served already
        stays so, and is no further step. Raises RegistryError for a model that is unknown,
        damaged, of another base or refused by ``loads``; NotPassedError, unless ``forced``, for
        one that the gate has not passed.
        """
        entry = self.ready(model_id)
        if entry.passed is False and not forced:
            raise NotPassedError(f"{model_id} has not passed the gate: {entry.reason}")
        if not forced:
            self._check_against(entry, server)
        _try_to_load(entry, loads)
        # Everyone's base is left unnamed, so that an update of the base reaches everyone.
        after = None if server is None and entry.folder is None else entry.id
        overruled = forced and entry.passed is False

        def promoted(state: State) -> State:
            before = state.holds(server)
            if server is None and state.trial is not None and state.trial.model == entry.id:
                state = replace(state, trial=None)
            if before == after:
                return state
            step = Step(_iso(at), PROMOTE, server, before, after, by, overruled, entry.reason)
            return state.moved(step)

        self._pointer.change(promoted)
        return entry

    def _check_against(self, entry: Entry, server: str | None) -> None:
        """Raise NotPassedError where the verdict was about another scope or another rival."""
        against = entry.card.get("against")
        if not isinstance(against, dict):
            return
        if (made_for := against.get("server")) != server:
            whom = "everyone" if made_for is None else f"server {made_for}"
            raise NotPassedError(f"{entry.id} was judged for {whom}; tune for this scope, too")
        now = self.served(server).id
        if now not in (against.get("model"), entry.id):
            raise NotPassedError(
                f"{entry.id} was judged against {against.get('model')}, and {now} is served by "
                "now; tune again"
            )

    def rollback(self, *, server: str | None = None, by: str, at: datetime) -> Entry:
        """Serve again what a scope was served before its latest promotion, and return that.

        Once more goes back one further. A server without any model of its own left is served
        what everyone is; models that cannot be served any more are passed over. Raises
        RegistryError where nothing was before.
        """

        def back(state: State) -> State:
            held, passed_over = state.holds(server), []
            for model_id in state.way_back(server):
                why = None if model_id is None else self._unfit(model_id)
                if why is not None:
                    passed_over.append(why)
                elif model_id != held:
                    reason = "; ".join(passed_over)
                    step = Step(_iso(at), ROLLBACK, server, held, model_id, by, False, reason)
                    return state.moved(step)
            raise RegistryError(_nothing_before(server, self._served(state, server)))

        return self._served(self._pointer.change(back), server)

    @property
    def trial(self) -> Trial | None:
        """The model on trial; None where there is none, or it cannot be served."""
        trial = self._pointer.read().trial
        return None if trial is None or self._unfit(trial.model) else trial

    def set_trial(
        self,
        model_id: str | None,
        share: float = 0.0,
        *,
        by: str,
        at: datetime,
        loads: Loads | None = None,
    ) -> Trial | None:
        """Try a model on a share of the requests from now on; None ends the trial.

        No verdict is asked for, since a trial is there to find one. Raises RegistryError as
        ``promote``; ValueError for a share not above 0 and at most 1.
        """
        trial = None
        if model_id is not None:
            trial = Trial(model_id, share)
            entry = self.ready(model_id)
            if (entry.card.get("against") or {}).get("server") is not None:
                raise RegistryError(f"{model_id} is one server's own; a trial plays to everyone")
            _try_to_load(entry, loads)

        def tried(state: State) -> State:
            if state.trial == trial:
                return state
            before = state.trial.model if state.trial else None
            reason = f"{trial.share:.0%} of the requests" if trial else ""
            step = Step(_iso(at), TRIAL, None, before, model_id, by, False, reason)
            return replace(state, trial=trial, history=(*state.history, step))

        return self._pointer.change(tried).trial

    def forget(self, server: str) -> None:
        """Remove every trace of a server; its candidates, if any, stay."""
        self._pointer.change(lambda state: state.without(server))

    def retell(self, by: str, word: str) -> None:
        """Say another word in the history for who did something; no file is touched for others."""
        if any(step.by == by for step in self.history()):
            self._pointer.change(lambda state: state.retold(by, word))

    def history(self) -> list[Step]:
        """Return every change, the oldest first."""
        return list(self._pointer.read().history)


def _try_to_load(entry: Entry, loads: Loads | None) -> None:
    """Raise RegistryError if ``loads`` refuses the model."""
    if loads is None:
        return
    try:
        loads(entry)
    except CadenzaError as error:
        raise RegistryError(f"{entry.id} cannot be loaded: {error}") from error


def _iso(at: datetime) -> str:
    if at.tzinfo is None:
        raise ValueError("a time has a zone")
    return at.isoformat(timespec="seconds")


def _whom(server: str | None) -> str:
    return "everyone" if server is None else f"server {server}"


def _nothing_before(server: str | None, now: Entry) -> str:
    if server is None:
        return f"nothing was served to everyone before {now.id}, so there is no way back"
    return (
        f"server {server} has no model of its own to go back from; it is served {now.id}, "
        "as everyone is"
    )
