"""An analysis told to a student: a paragraph, and the chords bar by bar."""

from __future__ import annotations

from itertools import groupby

from engine.explain.analysis import Analysis, HeardChord
from engine.explain.form import PHRASES, Section
from engine.explain.pace import meter_words
from engine.explain.parts import Part, note_name
from engine.score.roles import Role

_BARS_A_LINE = 4
_FAVOURITES = 4

_DENSITY = ("very sparse", "sparse", "calm", "moderate", "moderate", "busy", "busy", "very busy")
_TEXTURE = (
    "mostly one note at a time",
    "thin, up to two notes at once",
    "light, two or three notes at once",
    "moderately full, about three notes at once",
    "full, about four notes at once",
    "full, five or so notes at once",
    "thick, six to eight notes at once",
    "very thick, more than eight notes at once",
)
"""By level 0 to 7, as ``measures`` draws the edges."""

_ROLES: dict[Role, tuple[str, str]] = {
    "melody": ("has the melody", "share the melody"),
    "counter": ("plays a second melody", "play second melodies"),
    "chords": ("plays the chords", "play the chords"),
    "pad": ("holds long chords", "hold long chords"),
    "bass": ("is the bass", "are the bass"),
    "drums": ("keeps time", "keep time"),
}
"""What one instrument does, and what several do."""

_NOW_AND_THEN = 0.85
"""A part that plays in a smaller share of the bars is told how large it is."""


def explain(analysis: Analysis) -> str:
    """Return the paragraph, an empty line, the chart; the paragraph alone where no chord sounds."""
    text = paragraph(analysis)
    return f"{text}\n\n{chart(analysis)}" if analysis.key else text


def paragraph(analysis: Analysis) -> str:
    """Return the analysis in at most nine sentences of plain words."""
    if not analysis.parts:
        return f"Silence: {_count(analysis.bars, 'bar')} without a note."
    sentences = [
        _length(analysis),
        _pace(analysis),
        *_key(analysis),
        *_favourites(analysis),
        form_words(analysis.form),
        *_band(analysis.parts),
        _texture(analysis),
    ]
    return " ".join(sentences)


def chart(analysis: Analysis) -> str:
    """Return the chords, four bars a line, with the numerals under them."""
    bars = [list(own) for _, own in groupby(analysis.chords, key=lambda chord: chord.bar)]
    names = [" ".join(chord.name for chord in bar) for bar in bars]
    degrees = [_numerals(bar) for bar in bars]
    width = max(len(cell) for cell in (*names, *degrees))
    number = len(str(analysis.bars))
    lines = []
    for first in range(0, len(bars), _BARS_A_LINE):
        for head, cells in ((str(first + 1), names), ("", degrees)):
            row = " | ".join(cell.ljust(width) for cell in cells[first : first + _BARS_A_LINE])
            lines.append(f"{head:>{number}} | {row} |")
    return "\n".join(lines)


def form_words(sections: tuple[Section, ...]) -> str:
    """Return the form as a sentence: of what the piece is built, what returns and where."""
    named = [section for section in sections if section.letter]
    if sum(one.bars for one in sections) < 2 * min(PHRASES):
        return "It is too short to speak of a form."
    phrase = _count(named[0].bars, "bar")
    letters = {section.letter for section in named}
    if len(letters) == len(named):
        return f"No phrase of {phrase} returns: it goes on to something new each time."
    before, after = (0 if end.letter else end.bars for end in (sections[0], sections[-1]))
    start = f"After an opening of {_count(before, 'bar')} it" if before else "It"
    close = f", and a close of {_count(after, 'bar')}" if after else ""
    if len(letters) == 1:
        how = "with changes" if any(section.varied for section in named) else "unchanged"
        times = _times(len(named))
        return f"{start} is built of one phrase of {phrase} that comes {times}, {how}{close}."
    plan = " ".join(section.name for section in named)
    return f"{start} is built of phrases of {phrase}, {plan}{close}: {_returns(named)}."


def _returns(named: list[Section]) -> str:
    """Return what becomes of the first phrase, and when the first other one comes."""
    first = named[0].letter
    other = next(i for i, section in enumerate(named) if section.letter != first)
    words = []
    if other > 1:
        changed = any(section.varied for section in named[:other])
        words.append(f"{first} is repeated" + (" with changes" if changed else ""))
    words.append(f"{named[other].letter} is new in bar {named[other].first_bar}")
    back = next((section for section in named[other:] if section.letter == first), None)
    if back:
        how = ", changed" if back.varied else ""
        words.append(f"{first} returns in bar {back.first_bar}{how}")
    else:
        words.append(f"{first} does not come back")
    return _listed(words)


def _length(analysis: Analysis) -> str:
    minutes, seconds = divmod(round(analysis.seconds), 60)
    return f"The piece has {_count(analysis.bars, 'bar')} and lasts {minutes}:{seconds:02d}."


def _pace(analysis: Analysis) -> str:
    pace, meter = analysis.pace, analysis.meters[0]
    beats = f"{pace.bpm:.0f} {pace.beat} notes a minute"
    words = f"It is in {meter} ({meter_words(meter)}) at {beats}, {pace.italian}"
    if pace.fastest_bpm - pace.slowest_bpm >= 1:
        words += (
            f", though the tempo moves between {pace.slowest_bpm:.0f} and {pace.fastest_bpm:.0f}"
        )
    if len(analysis.meters) > 1:
        words += f"; some bars are in {_listed(analysis.meters[1:])}"
    return words + "."


def _key(analysis: Analysis) -> list[str]:
    reading = analysis.key
    if reading is None:
        return ["Only unpitched percussion plays, so there is neither key nor chord."]
    if len(analysis.keys) > 1:
        moves = [f"{one.key.name} from bar {one.first_bar} on" for one in analysis.keys[1:]]
        return [f"The key changes: it is {_listed([analysis.keys[0].key.name, *moves], 'then')}."]
    key, other = reading.key.name, reading.runner_up.name
    told = {
        "clear": f"The key is clearly {key}.",
        "likely": f"The key is most likely {key}, with {other} as the next best reading.",
        "open": f"The key is {key} perhaps, though {other} is almost as likely.",
        "none": f"It has no clear key; {key} comes nearest.",
    }
    return [told[reading.certainty]]


def _favourites(analysis: Analysis) -> list[str]:
    """Return which chords fill most of the bars, with their numerals while there is one key."""
    lasting: dict[str, int] = {}
    degrees: dict[str, str] = {}
    following = [*((c.bar, c.half) for c in analysis.chords[1:]), (analysis.bars + 1, 1)]
    for chord, (bar, half) in zip(analysis.chords, following, strict=True):
        if chord.numeral:
            halves = 2 * (bar - chord.bar) + half - chord.half
            lasting[chord.name] = lasting.get(chord.name, 0) + halves
            if "/" not in chord.numeral or chord.name not in degrees:
                degrees[chord.name] = chord.numeral
    if not lasting:
        return []
    most = sorted(lasting, key=lambda name: (-lasting[name], name))[:_FAVOURITES]
    one_key = len(analysis.keys) == 1
    told = _listed([f"{name} ({degrees[name]})" if one_key else name for name in most])
    if len(lasting) == 1:
        return [f"{told} is its only chord."]
    rests = len(lasting) > _FAVOURITES
    return [f"It rests mostly on {told}." if rests else f"Its chords are {told}."]


def _band(parts: tuple[Part, ...]) -> list[str]:
    """Return one sentence about who plays what."""
    if len(parts) == 1:
        (part,) = parts
        if part.lowest is None:
            return ["The drums play alone."]
        return [f"The {part.name.lower()} plays alone, {_range(part)}."]
    told = []
    for role, group in groupby(parts, key=lambda part: part.role):
        players = [_player(part) for part in group]
        told.append(f"{_listed(players)} {_ROLES[role][len(players) > 1]}")
    sentence = _listed(told) if len(told) < 3 else "; ".join([*told[:-1], f"and {told[-1]}"])
    return [f"{sentence[0].upper()}{sentence[1:]}."]


def _player(part: Part) -> str:
    """Return an instrument with what it plays in brackets."""
    if part.lowest is None:
        name, facts = "the drum kit", []
    else:
        name, facts = f"the {part.name.lower()}", [_range(part)]
    if part.share < _NOW_AND_THEN:
        facts.append(f"in {_share(part)} of the bars")
    return f"{name} ({', '.join(facts)})" if facts else name


def _share(part: Part) -> str:
    return f"{part.share:.0%}" if part.share >= 0.01 else "under 1%"


def _range(part: Part) -> str:
    assert part.lowest is not None
    assert part.highest is not None
    if part.lowest == part.highest:
        return f"only {note_name(part.lowest)}"
    return f"{note_name(part.lowest)} to {note_name(part.highest)}"


def _texture(analysis: Analysis) -> str:
    rhythm = f"The rhythm is {_DENSITY[analysis.density_level]}"
    if analysis.key is None:
        return f"{rhythm}."
    return f"{rhythm}, and the sound is {_TEXTURE[analysis.polyphony_level]}."


def _numerals(bar: list[HeardChord]) -> str:
    return " ".join(chord.numeral or "–" for chord in bar)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _times(count: int) -> str:
    return {2: "twice", 3: "three times"}.get(count, f"{count} times")


def _listed(words: list[str] | tuple[str, ...], joint: str = "and") -> str:
    return f" {joint} ".join([*([", ".join(words[:-1])] if words[:-1] else []), words[-1]])
