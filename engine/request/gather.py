"""Meanings to a request: what a sequence of them asks for, with negation and closed lists."""

from __future__ import annotations

from collections.abc import Sequence

from engine.request.band import Band
from engine.request.lexicon import figures as fig
from engine.request.lexicon.genres import GENRE_TITLES
from engine.request.lexicon.meanings import (
    Acoustic,
    Bars,
    Decade,
    Ensemble,
    Extent,
    Figure,
    Filler,
    Genre,
    Guitar,
    Key,
    Level,
    Meter,
    Mode,
    Mood,
    Number,
    Pace,
    Particle,
    Seconds,
    Seed,
    Sound,
    Style,
    Tempo,
    Unknown,
)
from engine.request.lexicon.tempo import NOT_EXTENT_BEFORE
from engine.request.model import (
    MAX_BARS,
    MAX_LEVEL,
    MAX_SEED,
    MIN_BARS,
    ComposeRequest,
    check_meter,
    check_seconds,
    check_tempo,
    check_whole,
)
from engine.request.negation import Negation
from engine.request.pick_genre import NamedGenre, pick_genre
from engine.request.scan import Item
from engine.request.words import normalise

_LIKELY_BPM = range(40, 241)
"""A number that nothing explains is taken for a tempo within this range."""


def gather(items: Sequence[Item]) -> ComposeRequest:
    """Return the request that the meanings add up to; RequestError if they cannot."""
    return _Gatherer(items).result()


class _Gatherer:
    """Goes over the meanings once, from left to right, then settles what is left open."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = items
        self.negation = Negation(items)
        self.band = Band(items)
        self.degree = ""
        self.genres: list[NamedGenre] = []
        self.avoid_genres: list[str] = []
        self.moods: list[str] = []
        self.avoid_moods: list[str] = []
        self.style: Style | None = None
        self.tempo: Tempo | None = None
        self.pace: float | None = None
        self.key: Key | None = None
        self.mode: str | None = None
        self.meter: Meter | None = None
        self.bars: Bars | None = None
        self.seconds: Seconds | None = None
        self.extent: float | None = None
        self.levels: dict[str, int] = {}
        self.seed: Seed | None = None
        self.numbers: list[tuple[int, Number]] = []
        self.decades: list[tuple[int, Decade]] = []
        self.unknown: list[tuple[int, str]] = []
        self.remarks: list[str] = []
        for i in range(len(items)):
            self._hear(i)

    def _hear(self, i: int) -> None:
        item = self.items[i]
        meaning = item.meaning
        if not isinstance(meaning, Filler | Unknown | Particle):
            self.remarks += [f'"{typed}" was read as {word}' for typed, word in item.corrected]
        if isinstance(meaning, Particle):
            self.negation.hear(i)
            self.band.hear(i, self.negation)
            if meaning.role in ("very", "a bit"):
                self.degree = meaning.role
            elif meaning.role not in ("no", "not", "less"):
                self.degree = ""
            return
        if isinstance(meaning, Filler):
            return
        if isinstance(meaning, Unknown):
            self.unknown.append((i, meaning.typed))
            self.negation.pass_unknown(i)
        else:
            refused = self.negation.covers(i)
            self._take(i, refused)
        self.degree = ""

    def _take(self, i: int, refused: bool) -> None:
        meaning = self.items[i].meaning
        if isinstance(meaning, Sound | Guitar | Ensemble | Acoustic):
            if remark := self.band.take(i, refused, fewer=self.negation.is_less):
                self.remarks.append(remark)
            if isinstance(meaning, Ensemble) and meaning.genre and not refused:
                self.genres.append(NamedGenre(i, Genre(meaning.genre, weak=True), ""))
        elif isinstance(meaning, Genre):
            if refused:
                self.avoid_genres.append(meaning.name)
            else:
                self.genres.append(NamedGenre(i, meaning, self.items[i].typed))
        elif isinstance(meaning, Mood):
            (self.avoid_moods if refused else self.moods).append(meaning.name)
        elif isinstance(meaning, Pace | Level | Extent):
            self._take_degree(i, meaning, refused)
        elif isinstance(meaning, Mode):
            other = {"major": "minor", "minor": "major"}
            self.mode = self.mode or (other[meaning.name] if refused else meaning.name)
            self._remark(meaning.remark)
        elif isinstance(meaning, Number):
            self.numbers.append((i, meaning))
        elif isinstance(meaning, Decade):
            self.decades.append((i, meaning))
        elif refused:
            self._remark(f'"not {self.items[i].typed}" leaves too much open and was passed over')
        else:
            self._take_figure(meaning)

    def _take_degree(self, i: int, meaning: Pace | Level | Extent, refused: bool) -> None:
        if isinstance(meaning, Pace):
            bpm: float | None = meaning.bpm
            if refused:
                bpm = meaning.negated
            elif self.degree == "very":
                bpm = meaning.very or meaning.bpm
            elif self.degree == "a bit":
                bpm = meaning.a_bit or meaning.bpm
            if self.pace is None:
                self.pace = bpm
            elif bpm not in (None, self.pace) and not refused:
                self._remark(f'one tempo holds for the piece; "{self.items[i].typed}" came second')
        elif isinstance(meaning, Level):
            shift = {"very": 1, "a bit": -1}.get(self.degree, 0)
            for name, level in (("density", meaning.density), ("polyphony", meaning.polyphony)):
                if level is not None:
                    step = shift if level > 3 else -shift
                    said = meaning.negated if refused else max(0, min(MAX_LEVEL, level + step))
                    self.levels.setdefault(name, said)
        elif self._next_word(i) not in NOT_EXTENT_BEFORE and self.extent is None:
            very = self.degree == "very"
            self.extent = 30.0 if refused else meaning.very if very else meaning.seconds

    def _next_word(self, i: int) -> str:
        typed = self.items[i + 1].typed if i + 1 < len(self.items) else ""
        return normalise(typed.split()[0]) if typed else ""

    def _take_figure(self, meaning: object) -> None:
        """Keep the first of each kind, and say so when a second one differs."""
        first: object = None
        if isinstance(meaning, Tempo):
            first = self.tempo = self.tempo or meaning
        elif isinstance(meaning, Key):
            first = self.key = self.key or meaning
        elif isinstance(meaning, Meter):
            first = self.meter = self.meter or meaning
        elif isinstance(meaning, Bars):
            if self.bars is None or (self.bars.weak and not meaning.weak):
                self.bars = meaning
            first = self.bars
        elif isinstance(meaning, Seconds):
            first = self.seconds = self.seconds or meaning
        elif isinstance(meaning, Seed):
            first = self.seed = self.seed or meaning
        elif isinstance(meaning, Style):
            self.style = self.style or meaning
            return
        elif isinstance(meaning, Figure):
            check_whole(meaning.of, meaning.value, 0, MAX_LEVEL, meaning.typed)
            self.levels[meaning.of] = int(meaning.value)
            return
        if first != meaning:
            kind = {"Bars": "number of bars", "Seconds": "length"}.get(type(meaning).__name__)
            self._remark(
                f"a piece has one {kind or type(meaning).__name__.lower()}; the first counts"
            )
        self._remark(getattr(meaning, "remark", None))

    def _remark(self, remark: str | None) -> None:
        if remark and remark not in self.remarks:
            self.remarks.append(remark)

    def result(self) -> ComposeRequest:
        """Settle what depends on everything and build the request."""
        tempo = self._settle_tempo()
        choice = pick_genre(self.genres)
        for remark in choice.remarks:
            self._remark(remark)
        genre, style = choice.genre, choice.style
        genre = self._settle_decade(genre)
        if self.style is not None:
            genre = genre or self.style.weak_genre
            style = style or self.style.name
        programs, only = self.band.settle(genre)
        if self.band.remarks:
            self.remarks += [r for r in self.band.remarks if r not in self.remarks]
        bars, seconds = self._settle_length()
        key, mode = self._settle_key()
        meter = self.meter.name if self.meter else self.style.meter if self.style else None
        check_meter(meter)
        if self.seed is not None:
            check_whole("seed", self.seed.value, 0, MAX_SEED, self.seed.typed)
        moods = tuple(dict.fromkeys(self.moods))
        return ComposeRequest(
            genre=genre,
            mood=moods[0] if moods else None,
            moods=moods,
            tempo_bpm=tempo,
            key=key,
            mode=mode,
            meter=meter,
            instruments=self.band.names(programs),
            programs=programs,
            exclude=self.band.refused_names(),
            only=only,
            bars=bars,
            seconds=seconds,
            density=self.levels.get("density"),
            polyphony=self.levels.get("polyphony"),
            seed=int(self.seed.value) if self.seed else None,
            style=style,
            acoustic=self.band.acoustic,
            avoid_genres=tuple(dict.fromkeys(g for g in self.avoid_genres if g != genre)),
            avoid_moods=tuple(dict.fromkeys(m for m in self.avoid_moods if m not in moods)),
            unknown=tuple(typed for _, typed in sorted(self.unknown, key=lambda pair: pair[0])),
            remarks=tuple(self.remarks),
        )

    def _settle_tempo(self) -> float | None:
        counts = [(i, n) for i, n in self.numbers if not self.band.is_counted(i)]
        likely = [n for _, n in counts if n.value in _LIKELY_BPM]
        tempo = self.tempo.bpm if self.tempo else self.pace
        if tempo is None and len(counts) == 1 and likely:
            self._remark(f"{likely[0].typed} was read as a tempo: {likely[0].value:g} BPM")
            tempo = likely[0].value
        else:
            self.unknown += [(i, n.typed) for i, n in counts]
        check_tempo(tempo, self.tempo.typed if self.tempo else None)
        return None if tempo is None else float(tempo)

    def _settle_decade(self, genre: str | None) -> str | None:
        for i, decade in self.decades:
            if genre is None and decade.genre is not None:
                genre = decade.genre
                self._remark(f'"{decade.typed}" was taken as {GENRE_TITLES.get(genre, genre)}')
            elif decade.genre != genre:
                self.unknown.append((i, decade.typed))
        return genre

    def _settle_length(self) -> tuple[int | None, float | None]:
        bars, seconds = self.bars, self.seconds
        if bars is not None and bars.weak and (seconds is not None or self.extent is not None):
            bars = None
        if bars is not None:
            check_whole("bars", bars.count, MIN_BARS, MAX_BARS, bars.typed)
        if seconds is not None:
            check_seconds(seconds.seconds, seconds.typed)
        if bars is not None and seconds is not None:
            self._remark("bars and seconds were both given; the bars count")
        length = seconds.seconds if seconds else None if bars else self.extent
        return (int(bars.count) if bars else None), length

    def _settle_key(self) -> tuple[str | None, str | None]:
        if self.key is None:
            return None, self.mode
        mode = self.key.mode or self.mode or "major"
        if self.mode is not None and self.mode != mode:
            self._remark(f"the key was taken as {fig.TONICS[self.key.tonic]} {mode}")
        return f"{fig.TONICS[self.key.tonic]} {mode}", None
