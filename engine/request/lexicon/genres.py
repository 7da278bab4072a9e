"""The genres, what people call them, and the styles within them."""

from __future__ import annotations

GENRES: dict[str, str] = {
    "classical": "classical, classical music, chamber, chamber music, "
    "chorale, sonata, sonatina, fugue, prelude, nocturne, etude, rondo, toccata, invention, "
    "scherzo, intermezzo, rhapsody, overture, impromptu, cantata, oratorio, opera, operatic, "
    "impressionist, impressionistic, neoclassical, romantic era, romantic period, "
    "viennese, salon, salon music, renaissance, bach, mozart, beethoven, chopin, vivaldi, "
    "debussy, satie, schubert, brahms, haydn, handel, schumann, tchaikovsky, mazurka, ballet",
    "jazz": "jazz, jazzy, jazz music, dixieland, new orleans, ragtime, fusion, jazz fusion, "
    "cool jazz, free jazz, acid jazz, modal jazz, vocal jazz, lounge",
    "blues": "blues, bluesy, blues music, delta blues, chicago blues, twelve bar blues",
    "rock": "rock, rock music, rocky, classic rock, hard rock, indie, indie rock, alternative, "
    "alternative rock, alt rock, grunge, stoner rock, garage rock, post rock, shoegaze, "
    "psychedelic, psychedelic rock, southern rock, arena rock, stadium rock, heavy rock, "
    "power ballad, rock anthem",
    "rocknroll": "rocknroll, rock n roll, rock and roll, rock roll, rockandroll, rockabilly, "
    "doo wop, doowop, jive",
    "metal": "metal, metal music, heavy metal, power metal, black metal, nu metal, metalcore, "
    "deathcore, djent, symphonic metal, progressive metal, prog metal, gothic metal",
    "punk": "punk, punk rock, punky, ska punk, pop punk, hardcore punk, post punk, emo, "
    "skate punk, hardcore",
    "progrock": "progrock, progressive rock, prog rock, prog, progressive, art rock, math rock, "
    "space rock",
    "pop": "pop, pop music, poppy, pop song, k pop, kpop, j pop, jpop, c pop, dance pop, "
    "synthpop, synth pop, electropop, electro pop, teen pop, indie pop, dream pop, "
    "bubblegum, boy band, girl group, britpop, eurovision, easy listening, broadway, "
    "show tune, show tunes, musical theatre, musical theater, schlager",
    "country": "country, country music, country and western, western, americana, nashville, "
    "cowboy, hillbilly, honky tonk, alt country",
    "folk": "folk, folk music, folky, folksy, folk song, singer songwriter, celtic, irish, "
    "scottish, medieval, tavern, tavern music, bard, bardic, campfire",
    "soul": "soul, soul music, soulful, r and b, rnb, rhythm and blues, neo soul, northern soul",
    "hiphop": "hiphop, hip hop, hip hop music, rap, rapping, trip hop, triphop, grime, "
    "gangsta rap, hip hop beat, hip hop beats, rap beat, rap beats, hiphop beat, hiphop beats",
    "electronic": "electronic, electronic music, electronica, electro, edm, dance music, club, "
    "club music, idm, industrial, breakbeat, breakbeats, glitch, rave, hardstyle, happy hardcore, "
    "gabber, big beat, electronic dance music, future bass, synth music",
    "reggae": "reggae, reggae music, rocksteady, roots reggae, dancehall, rasta",
    "latin": "latin, latin music, latino, latina, cuban, afro cuban, brazilian, mariachi, "
    "flamenco, caribbean, spanish",
    "gospel": "gospel, gospel music, hymn, hymns, hymnal, spiritual, spirituals, worship, "
    "praise, church music, sacred",
    "world": "world, world music, traditional, ethnic, tribal, african, afrobeat, highlife, "
    "arabic, arabian, middle eastern, indian, chinese, japanese, asian, oriental, klezmer, "
    "balkan, turkish, persian, hawaiian, polynesian, gamelan, raga, bollywood, gypsy, "
    "national anthem, calypso, andean, native american",
    "game": "game, game music, video game, video game music, video games, videogame, "
    "videogame music, vgm, rpg, jrpg, nintendo, snes, arcade, platformer, game soundtrack, "
    "game ost, video game soundtrack, level music, boss fight, boss battle, boss music, "
    "overworld, retro game",
    "cinematic": "cinematic, soundtrack, film, film score, film music, movie, movie score, "
    "movie music, trailer, trailer music, ost, hollywood, cinema, "
    "movie soundtrack, film soundtrack, score music, background score, fantasy, sci fi, scifi",
    "ambient": "ambient, ambient music, ambience, ambiance, new age, newage, drone, drones, "
    "soundscape, atmospheric, spa, spa music, space music, meditation music, sleep music",
    "lofi": "lofi, lo fi, low fi, lofi hip hop, lo fi hip hop, lofi hiphop, lo fi hiphop, "
    "chillhop, chill hop, study beats, study music, lofi beats, lo fi beats, lofi beat, "
    "lo fi beat, chill beats, chilled beats, jazzhop, jazz hop, lofi music, lo fi music, "
    "lofi study beats, lo fi study beats, lofi jazz, lo fi jazz, jazzy lofi, jazzy lo fi, "
    "bedroom beats",
}
"""Canonical genre: everyday names, each one a phrase of whole words."""

STYLES: dict[str, tuple[str, str]] = {
    "baroque": ("classical", "baroque"),
    "minuet": ("classical", "minuet, menuet"),
    "symphony": ("classical", "symphony, symphonic, orchestral"),
    "swing": ("jazz", "swing, swinging, swing jazz, jazz swing, electro swing"),
    "bebop": ("jazz", "bebop, be bop, bop, hard bop, bebop jazz"),
    "smooth jazz": ("jazz", "smooth jazz"),
    "gypsy jazz": ("jazz", "gypsy jazz, jazz manouche, manouche"),
    "boogie": ("blues", "boogie, boogie woogie"),
    "shuffle": ("blues", "shuffle, blues shuffle"),
    "surf": ("rocknroll", "surf, surf rock, surf music"),
    "soft rock": ("rock", "soft rock, yacht rock"),
    "thrash": ("metal", "thrash, thrash metal, speed metal, death metal"),
    "doom": ("metal", "doom metal, sludge metal"),
    "christmas": ("pop", "christmas, xmas, holiday music, christmas carol, carol, carols"),
    "bluegrass": ("country", "bluegrass, hoedown"),
    "reel": ("folk", "reel, reels, hornpipe, hornpipes, strathspey"),
    "jig": ("folk", "jig, jigs, slip jig"),
    "shanty": ("folk", "shanty, shanties, sea shanty, sea shanties"),
    "polka": ("folk", "polka, polkas"),
    "funk": ("soul", "funk, funky, funk music, jazz funk, funkadelic"),
    "motown": ("soul", "motown"),
    "disco": ("soul", "disco, nu disco, disco music"),
    "boom bap": ("hiphop", "boom bap, old school hip hop, oldschool hip hop"),
    "trap": ("hiphop", "trap, trap music, drill, phonk, trap beat, trap beats"),
    "techno": ("electronic", "techno, techno music, detroit techno, acid"),
    "trance": ("electronic", "trance, psytrance, psy trance, goa, eurodance, hands up"),
    "house": (
        "electronic",
        "house, house music, deep house, tech house, acid house, progressive house, uk garage, "
        "chicago house, tropical house",
    ),
    "synthwave": (
        "electronic",
        "synthwave, synth wave, retrowave, retro wave, outrun, vaporwave, chillwave, darksynth",
    ),
    "drum and bass": (
        "electronic",
        "drum and bass, drum n bass, drumnbass, dnb, d n b, liquid dnb, jungle",
    ),
    "dubstep": ("electronic", "dubstep, dub step"),
    "downtempo": ("electronic", "downtempo, down tempo, chillout, chill out"),
    "ska": ("reggae", "ska"),
    "dub": ("reggae", "dub, dub reggae"),
    "salsa": ("latin", "salsa, mambo, son cubano, merengue, timba"),
    "bossa nova": ("latin", "bossa nova, bossa, bossanova, bosa nova"),
    "samba": ("latin", "samba"),
    "tango": ("latin", "tango, tangos, milonga, habanera"),
    "bolero": ("latin", "bolero, rumba, cha cha, cha cha cha, bachata"),
    "cumbia": ("latin", "cumbia, reggaeton"),
    "chiptune": (
        "game",
        "chiptune, chiptunes, chip tune, chip music, 8 bit, eight bit, 8bit, 16 bit, "
        "sixteen bit, bitpop, gameboy, game boy, nes",
    ),
}
"""Style within a genre: the genre, and its names. What each implies stands in ``profiles``."""

FREE_STYLES: dict[str, tuple[str | None, str | None, str]] = {
    "waltz": ("3/4", None, "waltz, waltzes, waltzing, valse, waltz time, waltz like"),
    "ballad": (None, "pop", "ballad, ballads"),
    "march": (None, "classical", "march, marches, marching, military march, marche"),
    "lullaby": (None, "classical", "lullaby, lullabies, cradle song, berceuse"),
    "anthem": (None, None, "anthem, anthems"),
}
"""Kinds of piece at home in several genres: meter, genre if none is named, names."""

WEAK_GENRES = frozenset({"orchestral", "symphonic", "atmospheric", "film", "movie", "soulful"})
"""Names that colour another genre rather than compete with it."""

FUSIONS: dict[frozenset[str], str] = {
    frozenset({"lofi", "hiphop"}): "lofi",
    frozenset({"lofi", "jazz"}): "lofi",
    frozenset({"lofi", "soul"}): "lofi",
    frozenset({"game", "cinematic"}): "game",
    frozenset({"world", "folk"}): "folk",
}
"""Two genres named side by side where the last one is not the head of the compound."""

DECADES: dict[int, str | None] = {
    20: "jazz",
    30: "jazz",
    40: "jazz",
    50: "rocknroll",
    60: "rock",
    70: "soul",
    80: "electronic",
    90: None,
}
"""The genre that a decade of the twentieth century suggests when none is named."""

DECADE_WORDS: dict[str, int] = {
    "twenties": 20,
    "fifties": 50,
    "sixties": 60,
    "seventies": 70,
    "eighties": 80,
    "nineties": 90,
}

GENRE_TITLES: dict[str, str] = {
    "classical": "classical piece",
    "rocknroll": "rock'n'roll",
    "progrock": "progressive rock",
    "hiphop": "hip-hop",
    "electronic": "electronic piece",
    "latin": "latin piece",
    "world": "world music",
    "game": "game music",
    "cinematic": "film music",
    "ambient": "ambient piece",
    "lofi": "lo-fi",
}
"""How a title names the genre, where its canonical name is no noun for a piece of it."""
