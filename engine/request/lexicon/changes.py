"""What people say about a piece that is there: phrases, and what each wants changed.

A row is a regular expression over the words in lower case, one space between, signs as words of
their own. ``{n}`` stands for a number, ``{more}`` and ``{less}`` for degrees.
"""

from __future__ import annotations

from engine.request.lexicon.figures import TENS, UNITS
from engine.request.lexicon.phrases import words

NUMBER_WORDS: dict[str, float] = {
    **{name: float(value) for name, value in {**UNITS, **TENS}.items()},
    **dict.fromkeys(("a", "an", "another", "one more"), 1.0),
    **{"a couple of": 2.0, "a few": 3.0, "half a": 0.5, "a dozen": 12.0},
}

SMALL, LARGE = "a bit", "much"

DEGREES: dict[str, str] = {
    SMALL: "a bit|a little bit|a little|a tiny bit|a tad|a touch|slightly|somewhat|a smidge|a hair|"
    "a notch|marginally|just a bit",
    LARGE: "a whole lot|a lot|lots|much|way|far|very|really|considerably|significantly|"
    "drastically|massively|a great deal|extremely|super|heaps|tons|a ton",
}
"""Degree: what people say for it. The rest of the lexicon knows the two by their keys."""

SAME_AS: tuple[tuple[str, str], ...] = (
    (r"(?:dont|do not|never) (?:remove|drop|mute|lose|delete|cut|touch|take out|get rid of)",
     "keep"),
    (r"take out|cut out|strip out|turn off|mute|silence|delete|kill|ditch|axe|unplug", "remove"),
    (r"(?:take|leave|cut) ((?:the |that )?(?:\w+ )?\w+) (?:out|away|off)", r"remove \1"),
    (r"cut(?= the (?!tempo|speed|length|bpm|last|first|pace|end))", "remove"),
    (r"bring in|bring back|put in|throw in|introduce|layer in|unmute|bring", "add"),
    (r"speed (?:it |this |that |things |everything )?up(?: the (?:tempo|pace))?", "faster"),
    (r"(?:raise|increase|up|push|bump up|pick up|boost) (?:the |its )?(?:tempo|speed|pace|bpm)",
     "faster"),
    (r"(?:a )?higher (?:tempo|speed|pace|bpm)|accelerate", "faster"),
    (r"slow (?:it |this |that |things |everything )?down(?: the (?:tempo|pace))?", "slower"),
    (r"(?:lower|drop|reduce|decrease|cut) (?:the |its )?(?:tempo|speed|pace|bpm)", "slower"),
    (r"(?:a )?lower (?:tempo|speed|pace|bpm)|decelerate", "slower"),
    (r"extend(?: it| this)?|lengthen(?: it| this)?|stretch(?: it)? out", "longer"),
    (r"shorten(?: it| this)?|trim(?: it| this)?", "shorter"),
    (r"more notes|more (?:is )?going on|more movement", "busier"),
    (r"(?:fewer|less) notes|less (?:is )?going on|more (?:space|room|air)", "sparser"),
    (r"more (?:voices|layers|harmony|chords)|fuller|thicker|richer|lusher", "more lush"),
    (r"(?:fewer|less) (?:voices|layers|harmony|chords)|leaner", "thinner"),
    (r"more (?:energy|drive|power|punch|intensity)|livelier|peppier|heavier|wilder",
     "more energetic"),
    (r"less (?:energy|drive|power|punch|intensity)", "less energetic"),
    (r"more (?:tension|suspense|drama)", "more tense"),
    (r"less (?:tension|suspense|drama)", "less tense"),
    (r"(?:take|kick|turn|bring|crank) (?:it|this|things) up a (?:notch|bit|little)",
     "more energetic"),
    (r"(?:take|turn|bring|tone|dial) (?:it|this|things) down(?: a (?:notch|bit|little))?",
     "calmer"),
    (r"(?:faster|slower)(?: it)? to(?= \d)", "tempo"),
    (r"lighter|more light|more joy", "happier"),
    (r"more positive", "happier"),
    (r"more negative|moodier|heavier mood", "darker"),
)  # fmt: skip
"""Ways to say what the lexicon of requests, or a row further down, has another word for."""

ASIDE: str = (
    r"go back to|back to|switch (?:it )?(?:over )?to|change (?:it )?(?:in)?to|turn (?:it )?into|"
    r"convert (?:it )?(?:in)?to|"
    r"keep (?:everything|all)(?: else| the rest)?(?: the same| as it is)?|"
    r"(?:the )?rest (?:stays )?the same|everything else (?:stays )?the same|"
    r"leave (?:everything else|the rest)(?: alone| as it is| the same)?|the rest|everything else|"
    r"keep|change|adjust|edit|modify|tweak|revise|this time|instead|than (?:it is|this|that|before)"
    r"|set|start|transpose(?: it| this)?|same but|same thing but|version|next|switch|turn|go"
)
"""What leads to a wish and asks for nothing itself."""

TWICE_AS_FAST = (
    r"(?:twice|two times|2 x|2 times|double) (?:as fast|faster|the (?:tempo|speed|pace|bpm)|speed)|"
    r"(?:in )?double time|double(?: the| its) (?:tempo|speed|bpm)|half as slow"
)
HALF_AS_FAST = (
    r"(?:in )?half time|(?:at )?half (?:as fast|(?:the |its )?(?:tempo|speed|pace|bpm))|"
    r"twice as slow|halve the (?:tempo|speed|bpm)|two times slower|2 x slower"
)
TWICE_AS_LONG = (
    r"(?:twice|two times|2 x|2 times|double) (?:as long|longer|(?:the |its )?(?:length|duration))|"
    r"double it in length"
)
HALF_AS_LONG = (
    r"half (?:as long|(?:the |its )?(?:length|duration))|cut (?:it |this )?in half|halve it|"
    r"halve the length|twice as short"
)

_THINGS = r"(?:one|version|piece|song|track|take|try|tune|thing)"
_TRAITS = (
    r"(?:tempo|speed|pace|bpm|key|mood|meter|time signature|length|band|instruments?|lineup|feel|"
    r"genre|style)"
)

UNDO = (
    r"undo(?: that| it| this)?(?: please)?(?: the)?(?: last)?(?: change| one| step)?|"
    r"go back(?: one(?: step| version)?| a step)?(?! to)|"
    r"revert(?: that| it| this| the last change)?|"
    r"(?:go |take me |bring me |switch )?(?:back to |return to )?(?:the |that )?(?:previous|prior) "
    rf"{_THINGS}(?: again| back)?|"
    rf"(?:go )?(?:back to|return to) (?:the )?(?:last|old|earlier) {_THINGS}|"
    r"(?:go )?(?:back to )?(?:the )?(?:one|version) before(?: that| this)?|"
    r"(?:the )?old (?:one|version)(?: again| back)?|"
    r"take (?:that|it) back|(?:one )?step back|(?:like|as|how) it was(?: before)?|like before|"
    r"(?:the )?last (?:one|version) was better"
)
_BACK = r"(?:go )?(?:back|return|revert)(?: again)? to"
FIRST = (
    rf"(?:{_BACK} )?(?:the )?very first(?: {_THINGS})?(?: again)?|"
    rf"(?:{_BACK} )?the first {_THINGS}(?: again| back)?|"
    rf"{_BACK} (?:the )?(?:first|original|start|beginning)"
    rf"(?: {_THINGS})?(?! {_TRAITS})|"
    rf"(?:the )?original(?: {_THINGS})? again|the original {_THINGS}|first (?:one|version) again|"
    r"undo (?:everything|all(?: of it)?)|reset(?: it)?"
)
AGAIN = (
    r"(?:do |try |make |write |compose |play )?(?:it |this |that )?(?:once|one) more(?: time)?|"
    r"(?:give me |try |make |write |do )?(?:another|a new|a different|one more) "
    rf"(?:{_THINGS}|variation)|"
    r"something (?:else|different|new)|surprise me|(?:re )?roll(?: again)?|reroll|regenerate|"
    r"redo(?: it| this| that)?|(?:a )?variation|different notes|other notes|"
    r"(?:do |try |make |write |compose |have a go )?(?:it |this |that )?again|anew|"
    r"another(?= [,.]|$)"
)

MELODY_WORDS = (
    r"melody|melodies|notes|chords|chord progression|harmony|harmonies|rhythm|groove|riff|"
    r"theme|bassline|bass line|beat|structure|form"
)
TRAITS: dict[str, str] = {
    "tempo": "tempo|speed|pace|bpm",
    "key": "key|tonality|scale|mode",
    "meter": "meter|time signature|metre",
    "mood": "mood|feel|feeling|vibe|atmosphere",
    "genre": "genre|style",
    "length": "length|duration|number of bars",
    "instruments": "instruments|band|lineup|line up|instrumentation|ensemble",
    "notes": rf"tune|{MELODY_WORDS}",
}
"""What may be kept, and the words for it."""
KEEPING = (
    r"(?:keep|keeping|preserve|retain|leave|hold|dont change|do not change|without changing|"
    r"not change|never change|dont touch|do not touch|same|stay in|stay at)"
)

LOUDNESS = (
    "loudness cannot be asked yet, every piece comes out equally loud; more energetic or calmer, "
    "busier or sparser, and who plays can be asked"
)
PLACES_CHANGED = (
    "two instruments cannot change places yet; one can take the part of another, as in "
    '"guitar instead of piano"'
)
EFFECTS = (
    "effects and the mix cannot be asked yet, they follow the genre; the genre itself and who "
    "plays can be asked"
)
PLACES = (
    "single bars and sections cannot be changed yet; what holds for the whole piece can be: "
    "tempo, key, instruments, mood, length"
)
NOTES = (
    "melody, chords and rhythm cannot be changed or asked for yet; tempo, key and who plays can be "
    "changed with every note kept"
)
COURSE = (
    "changes in the course of a piece cannot be asked yet; tempo, key and the rest hold from the "
    "first bar to the last"
)

WHICH = (
    "say which tempo, key, meter, mood, genre or instruments it shall have, for example "
    '"in A minor" or "with strings"'
)

_SECTIONS = (
    r"(?:intro|outro|ending|chorus section|verse|bridge|middle|beginning|start|end|drop|break|hook)"
)

NOT_YET: tuple[tuple[str, str], ...] = (
    (r"(?:speed up|slow down|faster|slower|louder|softer|modulate) (?:at|in|towards|near) the "
     r"(?:end|middle|start|beginning)", COURSE),
    (r"accelerando|ritardando|rallentando|crescendo|decrescendo|diminuendo|modulat(?:e|es|ion)|"
     r"key change|tempo changes?|fade (?:in|out)|fades? out|build(?: it)? up|buildup", COURSE),
    (r"(?:turn|bring|crank) (?:it |this |the \w+ )?(?:up|down)(?: the \w+)?(?! \d| an? | by)|"
     r"louder|loudness|volume|quieter|(?:more|less) (?:loud|quiet)|decibels?|gain", LOUDNESS),
    (r"(?:(?:more|less|add|some|no|without|a lot of|lots of|with) )?(?:reverb\w*|echo\w*|delay|"
     r"equali[sz]er|eq|compression|stereo|panning|panned|sidechain|autotune|flanger|phaser|"
     r"vibrato|distort it|bass boost\w*|treble|sound quality|mixing|mastering|fx)", EFFECTS),
    (r"(?:in |at |from |change |fix |redo |rewrite )?(?:the )?(?<!\d )(?:bars?|measures?) "
     r"(?:number )?\d+(?: (?:to|and|until|through) \d+)?(?! (?:more|longer))", PLACES),
    (r"(?:the )?(?:last|first|second|third|final) (?:\w+ )?(?:bars?|measures?|half|part|section)",
     PLACES),
    (rf"(?:(?:change|another|different|new|better|longer|shorter|add|with|redo|fix|rewrite) )"
     rf"(?:an? |the |its )?(?:other |different |new |better |longer |shorter )?{_SECTIONS}",
     PLACES),
    (rf"(?:(?:in|with|at|use|try) )?(?:an? |the )?"
     rf"(?:different|another|other|new|change|original|old)(?: the)? (?:{_TRAITS})(?! to| into)",
     WHICH),
    (rf"(?:change|another|different|new|better|other|rewrite|redo|fix|simplify) (?:the |a |its )?"
     rf"(?:{MELODY_WORDS})", NOTES),
)  # fmt: skip
"""What cannot be asked so far, and the sentence that says so."""

DIRECTED: dict[str, tuple[float, float]] = {
    "happy": (0.35, 0.25),
    "hopeful": (0.4, 0.0),
    "energetic": (0.0, 0.4),
    "calm": (0.0, -0.4),
    "sad": (-0.35, -0.25),
    "dark": (-0.4, 0.05),
    "tense": (-0.25, 0.35),
    "angry": (-0.3, 0.3),
}
"""Moods whose "more" is a direction on the plane, not a place; 0.4 lies between neighbours."""

COMPARATIVES = frozenset(
    words(
        "slower faster quicker happier brighter calmer sadder darker angrier scarier spookier "
        "softer busier denser sparser simpler thinner longer shorter"
    )
)
"""Comparatives that stand in the lexicon of requests as words of their own."""

TEMPO_FACTORS = {"": 1.25, SMALL: 1.1, LARGE: 1.5}
"""What "faster" does to the tempo; "slower" the inverse, so that one undoes the other."""
LENGTH_FACTORS = {"": 1.5, SMALL: 1.25, LARGE: 2.0}
MOOD_FACTORS = {"": 1.0, SMALL: 0.5, LARGE: 2.0}
LEVEL_STEPS = {"": 2, SMALL: 1, LARGE: 3}
MOVES = {"": 2, SMALL: 1, LARGE: 5}
"""Semitones that "higher" moves a piece by."""
