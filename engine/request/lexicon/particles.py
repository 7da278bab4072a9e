"""The small words: those that govern their neighbours, and those that ask for nothing."""

from __future__ import annotations

from engine.request.lexicon.phrases import words

PARTICLES: dict[str, str] = {
    "not": "not, isnt, arent, shouldnt be, should not be, not to be, not be, never, not at all, "
    "nothing, non, neither, anything but, not a, not so much, not so",
    "no": "no, without, w/o, minus, sans, exclude, excluding, omit, omitting, skip, remove, drop, "
    "dont use, do not use, dont include, do not include, dont add, do not add, leave out, "
    "dont want, do not want, dont like, do not like, shouldnt have, should not have, "
    "doesnt have, avoid, avoiding, except, except for, apart from, instead of, rather than, "
    "lacking, free of, without any, zero, ohne, senza, nor, dont put, dont need, get rid of, "
    "but no, but not, and no, lose the, dont make it, do not make it, hate, no more",
    "less": "less, fewer, not as, less of",
    "and": "and, n, und, et, as well as, along with, together with, plus",
    "or": "or, oder",
    "but": "but, though, however, although, yet, then",
    "vibes": "vibes",
    "for": "for, scored for, arranged for, written for, fuer",
    "with": "with, featuring, feat, ft, including, include, includes, using, use, w/, add, "
    "adding, has, have, having, some, lots of, accompanied by, backed by, con, mit, over, "
    "instruments, instrument, instrumentation, played with, a lot of, want",
    "played by": "played by, performed by, played on, on",
    "only": "only, purely, exclusively, alone, by itself, on its own, unaccompanied, "
    "nothing else, nothing but, and nothing else, no other instruments, and thats it, "
    "no other instrument, solely, entirely, no accompaniment, by themselves",
    "just": "just, simply, merely",
    "solo": "solo, soli, soloist",
    "group": "duo, duet, trio, quartet, quintet, sextet, septet, octet, duos, duets",
    "very": "very, really, super, extremely, too, so, ultra, incredibly, insanely, mega, hella, "
    "super duper, much, way, molto, assai, real, extra, quite, pretty, totally, absolutely, "
    "very very, highly, crazy, terribly, overly, particularly",
    "a bit": "a bit, a little, slightly, somewhat, kinda, kind of, sort of, rather, fairly, "
    "a tad, mildly, a little bit, a touch, vaguely, poco, un poco, bit",
}
"""Role: the words that play it."""

FILLERS = (
    # Grammar.
    "a, an, the, of, in, to, is, it, its, be, at, by, as, that, this, these, those, there, i, me, "
    "my, mine, we, us, our, you, your, he, she, they, their, them, his, her, im, id, ill, ive, "
    "am, are, was, were, been, being, do, does, did, can, could, would, will, should, shall, may, "
    "might, must, lets, let, if, when, while, where, which, who, what, whats, how, into, onto, "
    "from, about, up, down, out, off, per, each, every, any, all, both, more, most, also, too "
    "much, again, even, ever, here, now, because, since, so that, such, than, very much, thats, "
    "theres, youre, one, something, anything, someone, everything, everyone, somebody, "
    "thing, things, stuff, like, sort, kind, type, ones, other, another, same, really want, "
    "around, between, during, through, after, before, under, within, until, via, next, "
    # Courtesy.
    "please, pls, plz, thanks, thank, thank you, thx, hi, hello, hey, yo, ok, okay, well, oh, "
    "cheers, dear, u, ur, smth, sth, sir, bro, dude, man, guys, bot, cadenza, maybe, perhaps, "
    "possibly, probably, sure, yeah, yes, yep, lol, haha, hmm, uh, um, would love, id love, would "
    "like, id like, love to, i love, we love, i like, want to, wanna, gonna, going to, need, "
    "needs, needed, wish, wanting, looking, looking for, trying, try, hear, hearing, listen, "
    "listening, listen to, feel free, surprise, surprise me, dont care, dont know, do not know, "
    "not sure, no idea, i guess, no matter, dont mind, whatever, anyway, why not, no problem, no "
    "worries, no rush, you know, come on, youve got, you have, youve, ive got, got, ive, af, as "
    "hell, as possible, if possible, if you can, of course, ideally, preferably, definitely, "
    "especially, mainly, mostly, primarily, basically, actually, essentially, "
    # Asking for music.
    "compose, composed, composing, composition, write, written, writing, make, made, making, "
    "create, created, creating, generate, generated, generating, give, gimme, produce, play, "
    "playing, played, plays, get, put, do it, build, craft, cook, drop me, song, songs, tune, "
    "tunes, piece, pieces, track, tracks, music, musical, musically, melody, melodies, melodic, "
    "theme, themes, loop, loops, jingle, riff, riffs, banger, jam, jams, number, work, beat, "
    "groove, grooves, sound, sounds, sounding, soundin, style, styled, styles, genre, genres, "
    "mood, moods, vibe, vibey, feel, feels, feeling, feelings, atmosphere, flavour, flavor, "
    "flavoured, tone, aesthetic, energy level, inspired by, in the style of, based, influence, "
    "influenced, influences, band, bands, ensemble, combo, no lyrics, no words, without words, "
    "without lyrics, section, part, parts, line, lines, intro, outro, excerpt, snippet, clip, "
    "sketch, idea, ideas, arrangement, arranged, instrumental, accompaniment, accompanied, "
    "background, background music, bg, bgm, variation, version, tempo, bpm, key, keyed, meter, "
    "metre, time, time signature, signature, length, lasting, last, lasts, duration, bar, bars, "
    "seconds, minutes, minute, second, beats per minute, pace, paced, speed, rhythm, rhythms, "
    "rhythmic, scale, tonality, seed, notes, note, density, polyphony, texture, harmony, "
    "harmonies, chord, chords, key signature, instrumented, set, setting, option, prompt, maximum, "
    "minimum, max, at most, at least, no more than, no longer than, not more than, not longer "
    "than, no less than, less than, more than, not over, or so, ish, long enough, flowing, sized, "
    "based on, half, quarter, track for, backing, backing track, tracklist, soloing, lead, lead "
    "in, instruments only, "
    # Praise that no control can carry.
    "nice, nicely, good, great, cool, awesome, amazing, beautiful, beautifully, lovely, "
    "wonderful, fantastic, excellent, best, better, perfect, fine, decent, gorgeous, stunning, "
    "sick, dope, lit, catchy, interesting, little, small, big, tiny, new, original, fresh, "
    "classic, typical, proper, true, certain, random, different, special, unique, elegant, "
    "quality, high quality, modern, contemporary, old, old school, oldschool, authentic, "
    "standard, usual, normal, custom, royalty free, human, super nice, old fashioned, "
    # Occasions that say nothing about the sound.
    "d and d, dnd, d and d session, dnd session, dungeons and dragons, session, sessions, "
    "campaign, stream, streams, streaming, twitch, youtube, video, videos, discord, server, "
    "channel, podcast, project, friend, friends, homie, wife, husband, girlfriend, boyfriend, "
    "mom, mum, dad, mother, father, kid, baby, dog, cat, today, tonight, tomorrow, "
    "day, days, moment, house party, around the world, end of the world, end of the day, "
    "my world, hour, hours"
)
"""Words and phrases that are understood and ask for nothing."""

GROUP_SIZES: dict[str, int] = {
    **{"duo": 2, "duet": 2, "duos": 2, "duets": 2, "trio": 3, "quartet": 4, "quintet": 5},
    **{"sextet": 6, "septet": 7, "octet": 8},
}

ARTICLES = frozenset({"a", "an", "the", "my", "one", "any", "some", "his", "her", "their", "your"})

PROTECTED = frozenset(
    words(
        "able about above according action actions advice after align alone along aloud altar "
        "alter alternate alternatively among amount angel angels apple army attack attacks autumn "
        "ball bank banks barely basics basis basket bass bastard battle beach beam bear bears "
        "beast been beer beers below belt bench bend bent better bevel bible bill bird birds "
        "bitter black blaster blow boast boat boats bond booster boot bottle bound brace brain "
        "branch brand brass brave bread break bribe bride bright broke brought brown bucket build "
        "built bull bullet burning burst business butter cable cake called calling came camp caps "
        "care case cash cast castle cave caves cease cell cells chain chair changing cheese child "
        "choice choose chose christian city claim clan clash class cleaning climate clip clone "
        "close closed clothes cloud clouds clown club clubs cluster coach coast coffee compiled "
        "compiler complete coral cork cost couch cough count country counts county couple course "
        "court cow cows crash crave cream cricket crime crisp cross crowd crown curse custard "
        "dark dead deal dealt deer defective delta dense desert dessert device dine dinner "
        "disaster disc done dragon drain dream dress drink drinks drive driven driver drives "
        "driving drown duck early earning earth east eight election elephant elephants enemies "
        "enemy evening ever executed executing existing exited exiting fable faint fairly fall "
        "farm farmer faster feast fell fence fever fight fine fire first fist flash float flour "
        "flow flower flowers folk foot forest fork foster foul found friday friend friendly frown "
        "gain gave ghost giant glass glory glow grace grain grand grant grass grave green grime "
        "ground grow guest guilt hall hammer hand handle hands harbor harbour hard hare harm "
        "haste hasty have health heart hearts heavily height hence hill hills hole home homes "
        "horse horses host hound house hove indicate initiate inner intended keyword keywords "
        "king kitchen knight laid lake lakes land lark late latent later latter laugh launch lead "
        "leads leaning learning least legal letter level light line lion litter little live "
        "lively living lock logger loose lose loser losing lost louse love lover lovers lunch "
        "magic maid mail main mainly market master match matching matter meaning medal mental "
        "meta metal might mild mill mince mine mister mock monday monster moon moot moral morning "
        "most mound mount mountain mountains mouse move mustard nasty naval never night nights "
        "noise notice novel ocean oceans office operating operation oral orange outer override "
        "paid pain paint palace parity partly parts party past pasta paste peace pence people "
        "perry petal phone piece pine pirate pirates pizza place places plain plan plane planet "
        "plaster plate plates platform plow pocket point pole police poll pork post poster pound "
        "power powers price pride prime prince princess private pub pubs purple quack queen quest "
        "quick quiet quit quite quote rabbit rack rain rains rarely rating read ready rebel "
        "recorded regal relating relation relations relay released rent replaced replacing "
        "required requires rick right rival river road roads roast rocket role roll rooster root "
        "rough round rounding rule ruler running said sail saint sale sample sampling sand save "
        "says science score scream seam seem seems seen sell send sense sent service shadow shank "
        "share shares sharing shark sheet shell shift shortly shot show sight sign signer signing "
        "silence silver simmer since sing sings sister skies skill skills sky slam slay slim slit "
        "slop slot small smash smell snow soap sock sole sound soup sour space spare spark "
        "speaking spell spend spent spill spring stable stain stand star stars start starting "
        "state station steam sting stone stopping store stories storing storm story strain strand "
        "stray stream street string strong stuck summer sunday sunset swell swim swing sword "
        "swords table tall tank tanks taste tasty tea team tell tense tent terse text thank "
        "therein thickness think thinner thirst those though thought through thunder tick ticket "
        "tiger tight title toast toll tone tones tough tower towers town towns trace track tracks "
        "train trains transitional trash tribe trick tricks truck trucks tube tuna turning turtle "
        "under union valley value valve vast vice victor village vine violate violence violent "
        "violet voice waited wall wanted warning waste wasted water wave waves wealth weight "
        "white wicked wild wind wine winner winter witch wizard wolf wolves wonder word words "
        "work works world worse worst worth wound writer yellow"
    )
)
"""Ordinary words one slip away from a word of the lexicon; they are never corrected."""
