"""Who is next: servers in turn, in each its people in turn, each person's jobs as they came."""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from collections.abc import Hashable
from typing import Generic, TypeVar

Item = TypeVar("Item", bound=Hashable)


class FairQueue(Generic[Item]):
    """Waiting items; a new server, and a new person in a server, comes after those of the round.

    However many jobs others bring, between two turns of a server each other server has at most
    one, and between two turns of a person each other person of the server has at most one.
    """

    def __init__(self) -> None:
        self._first: deque[Item] = deque()
        self._turns: OrderedDict[Hashable, OrderedDict[Hashable, deque[Item]]] = OrderedDict()
        """Server to person to items; the turn is at the first of each."""
        self._homes: dict[Item, tuple[Hashable, Hashable]] = {}
        self._of_server: Counter[Hashable] = Counter()
        self._of_person: Counter[Hashable] = Counter()

    def __len__(self) -> int:
        return len(self._homes)

    def __contains__(self, item: Item) -> bool:
        return item in self._homes

    def of_server(self, server: Hashable) -> int:
        """Return how many items of a server wait."""
        return self._of_server[server]

    def of_person(self, person: Hashable) -> int:
        """Return how many items of a person wait, over all servers."""
        return self._of_person[person]

    def add(self, item: Item, server: Hashable, person: Hashable) -> None:
        """Let an item wait for its turn."""
        self._count(item, server, person)
        people = self._turns.setdefault(server, OrderedDict())
        people.setdefault(person, deque()).append(item)

    def add_first(self, item: Item, server: Hashable, person: Hashable) -> None:
        """Let an item wait before all that have not had their turn: it had its own already."""
        self._count(item, server, person)
        self._first.append(item)

    def take(self) -> Item:
        """Return the next item, which waits no more; IndexError where none waits."""
        if self._first:
            item = self._first.popleft()
        elif self._turns:
            item = self._take_in_turn()
        else:
            raise IndexError("nothing waits")
        self._discount(item)
        return item

    def _take_in_turn(self) -> Item:
        server, people = next(iter(self._turns.items()))
        person, items = next(iter(people.items()))
        item = items.popleft()
        people.move_to_end(person)
        self._turns.move_to_end(server)
        self._prune(server, person)
        return item

    def remove(self, item: Item) -> None:
        """Let an item wait no more; KeyError if it did not."""
        server, person = self._homes[item]
        if item in self._first:
            self._first.remove(item)
        else:
            self._turns[server][person].remove(item)
            self._prune(server, person)
        self._discount(item)

    def order(self) -> list[Item]:
        """Return all items as they would be taken if no other came."""
        order = list(self._first)
        servers = deque(
            deque(deque(items) for items in people.values()) for people in self._turns.values()
        )
        while servers:
            people = servers.popleft()
            items = people.popleft()
            order.append(items.popleft())
            if items:
                people.append(items)
            if people:
                servers.append(people)
        return order

    def _prune(self, server: Hashable, person: Hashable) -> None:
        """Nobody who waits for nothing keeps a turn."""
        if not self._turns[server][person]:
            del self._turns[server][person]
        if not self._turns[server]:
            del self._turns[server]

    def _count(self, item: Item, server: Hashable, person: Hashable) -> None:
        if item in self._homes:
            raise ValueError("an item cannot wait twice")
        self._homes[item] = (server, person)
        self._of_server[server] += 1
        self._of_person[person] += 1

    def _discount(self, item: Item) -> None:
        server, person = self._homes.pop(item)
        for counter, key in ((self._of_server, server), (self._of_person, person)):
            counter[key] -= 1
            if not counter[key]:
                del counter[key]
