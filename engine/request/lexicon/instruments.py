"""The instruments, their General MIDI programs, and what people call them."""

from __future__ import annotations

from engine.request.lexicon.phrases import words

DRUMS = 128
"""The drum kit, as ``engine.score.model.DRUMS``; a test holds the two together."""

INSTRUMENTS: dict[str, tuple[int, ...]] = {
    "piano": (0, 1, 2, 3),
    "electric_piano": (4, 5),
    "harpsichord": (6, 7),
    "celesta": (8, 9, 10),
    "vibraphone": (11,),
    "marimba": (12, 13),
    "bells": (14, 15),
    "organ": (16, 17, 18, 19, 20),
    "accordion": (21, 23),
    "harmonica": (22,),
    "acoustic_guitar": (24, 25),
    "electric_guitar": (26, 27, 28, 31),
    "distorted_guitar": (29, 30),
    "upright_bass": (32,),
    "bass": (33, 34, 35, 36, 37),
    "synth_bass": (38, 39),
    "violin": (40,),
    "viola": (41,),
    "cello": (42,),
    "double_bass": (43,),
    "strings": (44, 45, 48, 49, 50, 51),
    "harp": (46,),
    "timpani": (47,),
    "choir": (52, 53, 54),
    "orchestra_hit": (55,),
    "trumpet": (56, 59),
    "trombone": (57,),
    "tuba": (58,),
    "horn": (60,),
    "brass": (61, 62, 63),
    "saxophone": (64, 65, 66, 67),
    "oboe": (68, 69),
    "bassoon": (70,),
    "clarinet": (71,),
    "flute": (72, 73, 74, 75, 76, 77, 78, 79),
    "synth_lead": tuple(range(80, 88)),
    "synth_pad": tuple(range(88, 96)),
    "synth_effects": tuple(range(96, 104)),
    "sitar": (104,),
    "banjo": (105,),
    "shamisen": (106,),
    "koto": (107,),
    "kalimba": (108,),
    "bagpipe": (109,),
    "fiddle": (110,),
    "shanai": (111,),
    "percussion": tuple(range(112, 120)),
    "sound_effects": tuple(range(120, 128)),
    "drums": (DRUMS,),
}
"""Canonical instrument: its General MIDI programs counted from 0, the default sound first."""

INSTRUMENT_OF: dict[int, str] = {
    program: name for name, programs in INSTRUMENTS.items() for program in programs
}
"""Program: the canonical instrument it belongs to; total over 0-128."""

GUITARS = ("acoustic_guitar", "electric_guitar", "distorted_guitar")
"""What "no guitar" rules out."""

ANY_SYNTH = frozenset({"synth", "synths", "synthesizer", "synthesizers", "synthesiser"})

SYNTHS = ("synth_lead", "synth_pad", "synth_bass", "synth_effects")
"""What "no synths" rules out."""

GUITAR_BY_GENRE: dict[str, str] = {
    **dict.fromkeys(("metal", "punk"), "distorted_guitar"),
    **dict.fromkeys(
        ("rock", "progrock", "rocknroll", "blues", "jazz", "soul", "reggae", "hiphop"),
        "electric_guitar",
    ),
    **dict.fromkeys(("electronic", "gospel", "game"), "electric_guitar"),
}
"""The guitar that the bare word means; an acoustic one in every other genre."""

FAMILIES: dict[str, tuple[str, ...]] = {
    "bass": ("upright_bass", "synth_bass"),
    "strings": ("violin", "viola", "cello", "double_bass"),
    "brass": ("trumpet", "trombone", "tuba", "horn"),
    "percussion": ("drums", "timpani"),
    "drums": ("percussion",),
    "choir": (),
    "violin": ("fiddle",),
}
"""What a refused instrument takes with it when an ensemble is chosen freely."""


# Where the first program of a family is not what its name makes people hear: the first flute is
# a piccolo, the first strings play tremolo, the first saxophone is a soprano, the first electric
# guitar a jazz guitar.
_USUAL_SOUNDS = {"flute": 73, "strings": 48, "saxophone": 66, "electric_guitar": 27}


def default_program(instrument: str) -> int:
    """Return the program that an instrument sounds with when no particular sound was named."""
    return _USUAL_SOUNDS.get(instrument, INSTRUMENTS[instrument][0])


NAMES: dict[str, str] = {
    "piano": "piano, pianoforte, klavier, keys, keyboard, grand piano, acoustic piano, "
    "upright piano, ivories, felt piano, pno",
    "electric_piano": "electric piano, e piano, epiano, elec piano, e keys, electronic piano, "
    "stage piano",
    "harpsichord": "harpsichord, cembalo, clavecin, spinet, clavichord",
    "celesta": "celesta, celeste",
    "vibraphone": "vibraphone, vibraharp, vibraphon",
    "marimba": "marimba",
    "bells": "bell, chime",
    "organ": "organ",
    "accordion": "accordion, squeezebox, akkordeon, piano accordion",
    "harmonica": "harmonica, mouth organ, mouth harp, blues harp, mouthharp",
    "acoustic_guitar": "acoustic guitar, unplugged guitar, ac guitar",
    "electric_guitar": "electric guitar, e guitar, eguitar, elec guitar, lead guitar, "
    "rhythm guitar",
    "distorted_guitar": "distorted guitar, distortion, fuzz guitar, heavy guitar, "
    "crunchy guitar, distorted electric guitar",
    "upright_bass": "upright bass, acoustic bass, stand up bass, standup bass, upright, "
    "walking bass, acoustic upright bass",
    "bass": "bass, bass guitar, electric bass, bassline, bass line, electric bass guitar, "
    "base guitar, base, e bass",
    "synth_bass": "synth bass, synthesiser bass, synthesizer bass, synthbass, bass synth, "
    "sub bass, subbass, 808 bass, acid bass, electronic bass, wobble bass",
    "violin": "violin, violine",
    "viola": "viola",
    "cello": "cello, violoncello, celli",
    "double_bass": "double bass, contrabass, string bass, orchestral bass, doublebass, "
    "bass viol, bull fiddle, bowed bass",
    "strings": "string",
    "harp": "harp, concert harp, orchestral harp",
    "timpani": "timpani, timpano, kettledrum, kettle drum, tympani",
    "choir": "choir, chorus, voice, vocal, vocals, singing, singer, choral, human voice, vox, "
    "aah, aahs, ahs, sung",
    "orchestra_hit": "orchestra hit, orchestral hit, orchestra stab, orch hit, orchestral stab",
    "trumpet": "trumpet, trompete, cornet, flugelhorn, flugel",
    "trombone": "trombone, posaune",
    "tuba": "tuba, sousaphone, euphonium",
    "horn": "horn, french horn, waldhorn",
    "brass": "brass, brass section, horn section, horns section, brasses, brassy",
    "saxophone": "saxophone, sax, saxofon, saxy",
    "oboe": "oboe",
    "bassoon": "bassoon, fagott, contrabassoon",
    "clarinet": "clarinet, bass clarinet, klarinette",
    "flute": "flute",
    "synth_lead": "synth lead, lead synth, synth, synthesiser, synthesizer, synthlead, "
    "analog synth, analogue synth, moog, lead synthesizer, synth melody, arp synth",
    "synth_pad": "synth pad, pad, pad synth, synthpad, ambient pad, synthesizer pad",
    "synth_effects": "synth effect, synth fx, synthesizer effects, synth effects",
    "sitar": "sitar",
    "banjo": "banjo",
    "shamisen": "shamisen, samisen",
    "koto": "koto",
    "kalimba": "kalimba, mbira, thumb piano",
    "bagpipe": "bagpipe, pipes, highland pipes, uilleann pipes",
    "fiddle": "fiddle",
    "shanai": "shanai, shehnai, shenai",
    "percussion": "percussion, percussive, percussions",
    "sound_effects": "sound effect, sfx, fx",
    "drums": "drum, drum kit, drumkit, drumset, drum set, drum machine, drummer, drumming, "
    "beats, bongo, conga, tabla, djembe, cajon, tambourine, shaker, cymbal, snare, kick, kick "
    "drum, snare drum, bass drum, hi hat, hihat, maraca, claves, 808, 808s, 909, hand drum, "
    "bodhran, double bass drum, double kick, blast beat, double bass drumming, brushes, brushed "
    "drums, breaks, cowbell, handclap, clap",
}
"""Canonical instrument: words for its default sound; plurals are added by the lexicon."""

SOUNDS: dict[int, str] = {
    1: "bright piano",
    2: "electric grand, electric grand piano",
    3: "honky tonk piano, saloon piano, tack piano, barroom piano",
    4: "rhodes, fender rhodes, wurlitzer, wurli, suitcase piano, rhodes piano, tine piano",
    5: "dx 7, fm piano, fm electric piano, dx piano",
    7: "clavinet, clav, clavi",
    9: "glockenspiel, glock",
    10: "music box, musicbox",
    13: "xylophone",
    14: "tubular bells, tubular bell, church bell",
    15: "dulcimer, hammered dulcimer, cimbalom, santoor, santur",
    16: "drawbar organ, hammond, hammond organ, b 3 organ, tonewheel organ, leslie",
    17: "percussive organ",
    18: "rock organ, overdriven organ",
    19: "church organ, pipe organ, cathedral organ",
    20: "reed organ, harmonium, pump organ",
    23: "bandoneon, tango accordion",
    24: "nylon guitar, nylon string guitar, classical guitar, spanish guitar, flamenco guitar",
    25: "steel guitar, steel string guitar, 12 string guitar, twelve string guitar, folk guitar, "
    "western guitar",
    26: "hollow body guitar, archtop guitar",
    27: "clean guitar, clean electric guitar, stratocaster, strat",
    28: "muted guitar, palm muted guitar, muted electric guitar",
    29: "overdriven guitar, overdrive guitar, overdrive, crunch guitar",
    30: "distortion guitar, power chord, high gain guitar",
    31: "guitar harmonics",
    34: "picked bass, pick bass",
    35: "fretless bass, fretless",
    36: "slap bass, slapped bass, slapping bass, slap",
    44: "tremolo strings",
    45: "pizzicato, pizzicato strings, pizz, plucked strings",
    48: "string section, string ensemble, orchestral strings, legato strings, lush strings",
    49: "slow attack strings",
    50: "synth strings, synthesizer strings, string machine, string synth",
    53: "oohs, voice oohs, oohs and aahs, ooh",
    54: "synth choir, synth voice, vocoder",
    59: "muted trumpet, harmon mute",
    62: "synth brass, brass synth",
    64: "soprano sax, soprano saxophone",
    65: "alto sax, alto saxophone, alto",
    66: "tenor sax, tenor saxophone, tenor",
    67: "baritone sax, baritone saxophone, bari sax",
    69: "english horn, cor anglais",
    72: "piccolo, piccolo flute",
    73: "concert flute, transverse flute, orchestral flute, silver flute",
    74: "recorder",
    75: "pan flute, panflute, panpipe, pan pipe, zampona",
    76: "blown bottle",
    77: "shakuhachi, bamboo flute",
    78: "whistle, tin whistle, penny whistle, whistling, irish whistle",
    79: "ocarina",
    80: "square lead, square wave, pulse wave, chip lead, square synth",
    81: "saw lead, sawtooth lead, sawtooth, saw wave, saw synth, supersaw",
    82: "calliope",
    84: "charang",
    87: "bass and lead",
    89: "warm pad",
    90: "polysynth, poly synth",
    91: "choir pad",
    94: "halo pad",
    95: "sweep pad",
    96: "rain effect",
    98: "crystal, crystals",
    113: "agogo",
    114: "steel drum, steelpan, steel pan",
    115: "woodblock, wood block, temple block",
    116: "taiko, taiko drum",
    118: "synth drum",
    122: "sea sounds, ocean sounds, seashore, wave sounds, ocean waves",
    123: "bird sounds, birdsong, bird song, birds chirping",
    124: "telephone ring",
    125: "helicopter",
    126: "applause",
    127: "gunshot",
}
"""Program: words that name this very sound."""

STAND_INS: dict[str, tuple[int, str]] = {
    "ukulele": (24, "a nylon-string guitar"),
    "ukelele": (24, "a nylon-string guitar"),
    "uke": (24, "a nylon-string guitar"),
    "lute": (24, "a nylon-string guitar"),
    "oud": (24, "a nylon-string guitar"),
    "mandolin": (25, "a steel-string guitar"),
    "bouzouki": (25, "a steel-string guitar"),
    "balalaika": (25, "a steel-string guitar"),
    "dobro": (25, "a steel-string guitar"),
    "pedal steel": (27, "a clean electric guitar"),
    "pedal steel guitar": (27, "a clean electric guitar"),
    "lap steel": (27, "a clean electric guitar"),
    "zither": (15, "a dulcimer"),
    "concertina": (21, "an accordion"),
    "melodica": (22, "a harmonica"),
    "viola da gamba": (42, "a cello"),
    "erhu": (110, "a fiddle"),
    "hurdy gurdy": (110, "a fiddle"),
    "nyckelharpa": (110, "a fiddle"),
    "guzheng": (107, "a koto"),
    "pipa": (107, "a koto"),
    "duduk": (68, "an oboe"),
    "crumhorn": (68, "an oboe"),
    "lyre": (46, "a harp"),
    "handpan": (114, "a steel drum"),
    "hang drum": (114, "a steel drum"),
    "mellotron": (50, "synth strings"),
    "theremin": (80, "a synth lead"),
    "bugle": (56, "a trumpet"),
}
"""Instruments that General MIDI has not: the program that plays instead, in words too."""

SECTIONS: dict[str, tuple[int, ...]] = {
    "woodwind": (68, 70, 71, 72),
    "winds": (68, 70, 71, 72),
    "wind section": (68, 70, 71, 72),
    "woodwind section": (68, 70, 71, 72),
}
"""Words for several instruments at once, which leave the list open."""

ENSEMBLES: dict[str, tuple[int, ...]] = {
    "string quartet": (40, 41, 42),
    "string trio": (40, 41, 42),
    "string quintet": (40, 41, 42, 43),
    "string sextet": (40, 41, 42),
    "string duo": (40, 42),
    "string orchestra": (48, 43),
    "chamber orchestra": (48, 42, 43, 68, 60),
    "orchestra": (43, 47, 48, 56, 60, 68, 71, 73),
    "symphony orchestra": (43, 47, 48, 56, 60, 68, 71, 73),
    "philharmonic": (43, 47, 48, 56, 60, 68, 71, 73),
    "full orchestra": (43, 47, 48, 56, 57, 58, 60, 68, 70, 71, 73),
    "piano concerto": (0, 43, 48, 60, 73),
    "violin concerto": (40, 43, 48, 60, 68),
    "cello concerto": (42, 43, 48, 60, 68),
    "wind quintet": (60, 68, 70, 71, 73),
    "woodwind quintet": (60, 68, 70, 71, 73),
    "woodwind quartet": (68, 70, 71, 73),
    "wind quartet": (68, 70, 71, 73),
    "brass quintet": (56, 57, 58, 60),
    "brass quartet": (56, 57, 58, 60),
    "brass trio": (56, 57, 60),
    "brass band": (56, 57, 58, 60, 128),
    "marching band": (56, 57, 58, 65, 71, 73, 128),
    "sax quartet": (64, 65, 66, 67),
    "saxophone quartet": (64, 65, 66, 67),
    "piano quartet": (0, 40, 41, 42),
    "piano quintet": (0, 40, 41, 42),
    "jazz trio": (0, 32, 128),
    "jazz piano trio": (0, 32, 128),
    "jazz quartet": (0, 32, 66, 128),
    "jazz quintet": (0, 32, 56, 66, 128),
    "jazz sextet": (0, 32, 56, 57, 66, 128),
    "big band": (0, 32, 56, 57, 65, 66, 128),
    "organ trio": (16, 26, 128),
    "power trio": (29, 33, 128),
    "steel band": (114, 128),
    "a cappella": (52,),
    "acappella": (52,),
    "a capella": (52,),
    "barbershop": (52,),
    "barbershop quartet": (52,),
}
"""Groups with a fixed line-up."""

ENSEMBLE_GENRES: dict[str, str] = {
    "big band": "jazz",
    "jazz trio": "jazz",
    "jazz piano trio": "jazz",
    "jazz quartet": "jazz",
    "jazz quintet": "jazz",
    "jazz sextet": "jazz",
    "organ trio": "jazz",
    "power trio": "rock",
    "piano concerto": "classical",
    "violin concerto": "classical",
    "cello concerto": "classical",
    "philharmonic": "classical",
    "symphony orchestra": "classical",
}
"""The genre that a group's name implies, the jazz ones outright, others if none is named."""

PIANO_TRIO = ((0, 40, 42), (0, 32, 128))
"""A piano trio in the conservatoire, and in the jazz club."""

CLOSING_FORMS = frozenset(
    words(
        "music piece sonata sonatina prelude etude nocturne invention fugue impromptu suite study "
        "composition improvisation rag ragtime partita intermezzo miniature variations"
    )
)
"""After an instrument ("piano piece") these say that it plays alone."""
