from collections import defaultdict
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.studio.queue import FairQueue

# An item is (server, person, number): few servers and people, so that they meet.
HOMES = st.tuples(st.sampled_from("AB C"), st.integers(1, 3))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), HOMES),
        st.tuples(st.just("first"), HOMES),
        st.tuples(st.just("take"), st.none()),
        st.tuples(st.just("remove"), st.integers(0, 30)),
    ),
    max_size=60,
)
Item = tuple[str, int, int]


def walked(steps: list) -> tuple[FairQueue[Item], set[Item]]:
    queue, waiting = FairQueue[Item](), set()
    for number, (step, what) in enumerate(steps):
        if step in ("add", "first"):
            item = (*what, number)
            add = queue.add if step == "add" else queue.add_first
            add(item, what[0], what)
            waiting.add(item)
        elif step == "take" and waiting:
            waiting.remove(queue.take())
        elif step == "remove" and waiting:
            item = sorted(waiting)[what % len(waiting)]
            queue.remove(item)
            waiting.remove(item)
    return queue, waiting


@given(STEPS)
def test_the_order_told_is_the_order_taken_and_everybody_is_in_it(steps: list) -> None:
    queue, waiting = walked(steps)
    told = queue.order()
    assert set(told) == waiting
    assert len(told) == len(waiting) == len(queue)
    assert [queue.take() for _ in told] == told
    with pytest.raises(IndexError):
        queue.take()


@given(STEPS)
def test_counts_are_of_those_who_wait(steps: list) -> None:
    queue, waiting = walked(steps)
    for server in "AB C":
        assert queue.of_server(server) == sum(item[0] == server for item in waiting)
        for person in (1, 2, 3):
            mine = sum(item[:2] == (server, person) for item in waiting)
            assert queue.of_person((server, person)) == mine


@given(STEPS)
def test_each_person_is_served_in_the_order_of_asking(steps: list) -> None:
    queue, _ = walked([step for step in steps if step[0] != "first"])
    of_person = defaultdict(list)
    for server, person, number in queue.order():
        of_person[server, person].append(number)
    for numbers in of_person.values():
        assert numbers == sorted(numbers)


@given(STEPS)
def test_servers_that_wait_take_turns_and_so_do_their_people(steps: list) -> None:
    """Between two turns of one server every other that still waits has exactly one turn."""
    queue, _ = walked([step for step in steps if step[0] != "first"])
    order = queue.order()
    take_turns([item[0] for item in order])
    for server in {item[0] for item in order}:
        take_turns([item[1] for item in order if item[0] == server])


def take_turns(turns: list) -> None:
    for here, who in enumerate(turns):
        if who in turns[here + 1 :]:
            again = turns.index(who, here + 1)
            between = turns[here + 1 : again]
            assert len(between) == len(set(between))
            assert set(between) >= set(turns[again:]) - {who}


@pytest.mark.parametrize("arrival", sorted(set(permutations("AAAAB"))))
def test_a_newcomer_is_at_most_one_turn_of_each_server_away(arrival: tuple[str, ...]) -> None:
    queue = FairQueue[tuple[int, str]]()
    for number, server in enumerate(arrival):
        queue.add((number, server), server, server)
    assert [server for _, server in queue.order()].index("B") <= 1


def test_nobody_starves_however_many_others_arrive() -> None:
    """Every other server always has work, and new ones come with every turn."""
    queue = FairQueue[str]()
    for server in range(5):
        queue.add(f"early {server}", server, server)
    queue.add("mine", "my server", "me")
    turns = 0
    while (item := queue.take()) != "mine":
        turns += 1
        queue.add(f"more {turns}", item.split()[-1], "busy")
        queue.add(f"new {turns}", f"new {turns}", f"new {turns}")
    assert turns == 5


def test_what_had_its_turn_already_is_first() -> None:
    queue = FairQueue[str]()
    queue.add("other", 1, 1)
    queue.add_first("again", 2, 2)
    queue.add_first("again, too", 3, 3)
    assert queue.order() == ["again", "again, too", "other"]
    assert "again" in queue
    queue.remove("again")
    assert "again" not in queue
    assert queue.order() == ["again, too", "other"]


def test_nothing_waits_twice() -> None:
    queue = FairQueue[str]()
    queue.add("one", 1, 1)
    for add in (queue.add, queue.add_first):
        with pytest.raises(ValueError, match="twice"):
            add("one", 2, 2)
    assert len(queue) == 1
    with pytest.raises(KeyError):
        queue.remove("another")
