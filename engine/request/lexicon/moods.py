"""The moods, where they lie, and what people call them."""

from __future__ import annotations

MOODS: dict[str, tuple[float, float]] = {
    "happy": (0.8, 0.5),
    "energetic": (0.5, 0.9),
    "playful": (0.7, 0.5),
    "epic": (0.4, 0.8),
    "hopeful": (0.6, 0.1),
    "romantic": (0.6, -0.2),
    "calm": (0.4, -0.7),
    "dreamy": (0.4, -0.6),
    "nostalgic": (0.1, -0.5),
    "melancholic": (-0.5, -0.6),
    "sad": (-0.7, -0.5),
    "mysterious": (-0.3, -0.2),
    "dark": (-0.6, 0.1),
    "tense": (-0.5, 0.7),
    "angry": (-0.8, 0.8),
}
"""Canonical mood: valence and arousal, both in [-1, 1]."""

MOOD_WORDS: dict[str, str] = {
    "happy": "happy, happier, happily, happiness, joyful, joyous, joy, cheerful, cheery, merry, "
    "glad, jolly, upbeat, sunny, bright, brighter, feel good, feelgood, good mood, positive, "
    "delighted, delightful, jubilant, festive, celebratory, celebration, smiling, gleeful, "
    "exuberant, blissful, optimistic mood, birthday, gioioso, allegre, lighthearted, "
    "light hearted, carefree, ecstatic, euphoric",
    "energetic": "energetic, energy, high energy, energised, energized, lively, vigorous, "
    "driving, dynamic, powerful, pumping, exciting, excited, hype, hyped, vibrant, spirited, "
    "rousing, wild, hot, fiery, banging, danceable, workout, gym, running, party, loud, punchy, "
    "adrenaline, electrifying, explosive, hard hitting, action, con brio, con fuoco, groovy, "
    "rowdy, dance, dancing, stomping, bouncing, heavy",
    "playful": "playful, playfully, quirky, funny, fun, silly, whimsical, goofy, cute, comic, "
    "comical, humorous, mischievous, cheeky, bouncy, childlike, childish, kids, circus, "
    "scherzando, giocoso, zany, wacky, sassy, flirty, perky, jaunty, humoresque",
    "epic": "epic, heroic, hero, majestic, triumphant, grand, grandiose, victorious, victory, "
    "glorious, anthemic, monumental, maestoso, majestical, noble, regal, royal, stirring, "
    "larger than life, colossal, legendary, battle, fanfare, adventure, adventurous, bombastic, "
    "courageous, brave",
    "hopeful": "hopeful, hope, optimistic, uplifting, inspiring, inspirational, inspired, "
    "motivational, motivating, encouraging, reassuring, promising, heartwarming, heart warming, "
    "warm, warmhearted, comforting, positive vibes, sunrise, soaring",
    "romantic": "romantic, slow dance, romance, love, loving, lovey dovey, lovesong, love song, "
    "tender, tenderly, passionate, passion, sensual, sexy, intimate, affectionate, amorous, "
    "wedding, valentine, seductive, sentimental, espressivo, cantabile, sultry, candlelit, sweet, "
    "dolce",
    "calm": "calm, low energy, low key, lowkey, calmer, calming, calmly, calmed, chill, chilled, "
    "chilling, chilly vibes, relaxed, relaxing, relax, relaxation, peaceful, peace, serene, "
    "serenity, tranquil, tranquility, soothing, quiet, gentle, gently, soft, softly, softer, "
    "mellow, laid back, laidback, easygoing, easy going, meditative, meditation, zen, restful, "
    "sleep, sleepy, bedtime, cozy, cosy, smooth, pastoral, placid, still, study, studying, focus, "
    "tranquillo, unwind, stress free, contemplative, lazy, homework",
    "dreamy": "dreamy, dreamlike, dream like, dreaming, dream, dreams, ethereal, floating, "
    "floaty, airy, hazy, heavenly, celestial, spacey, spacy, otherworldly, surreal, hypnotic, "
    "magical, magic, enchanting, enchanted, fairytale, fairy tale, angelic, sparkling, "
    "shimmering, weightless, underwater, trippy, sognando",
    "nostalgic": "nostalgic, nostalgia, bittersweet, wistful, yearning, longing, reminiscent, "
    "retro feeling, old timey, old time, vintage, memories, homesick, sepia, autumnal, "
    "reflective, pensive, rueful",
    "melancholic": "melancholic, melancholy, melancholia, moody, blue, brooding, somber, sombre, "
    "lonely, loneliness, forlorn, plaintive, introspective, gloomy, gloom, downcast, doleful, "
    "malinconico, rainy, wintry, desolate, dreary",
    "sad": "sad, sadder, sadly, sadness, sorrowful, sorrow, mournful, mourning, grieving, grief, "
    "heartbroken, heartbreaking, heartbreak, tearful, tears, crying, depressing, depressed, "
    "depressive, tragic, tragedy, miserable, unhappy, funeral, lament, elegy, elegiac, requiem, "
    "weeping, dolente, doloroso, lacrimoso, hopeless, broken, despairing, despair",
    "mysterious": "mysterious, mystery, mystical, mystic, spooky, spookier, eerie, haunting, "
    "haunted, ghostly, enigmatic, strange, weird, uncanny, secretive, stealth, stealthy, sneaky, "
    "detective, halloween, noir, misterioso, witchy, arcane, puzzling, otherworld, cryptic, "
    "alien, foggy, sneaking",
    "dark": "dark, darker, darkness, ominous, sinister, evil, grim, scary, scarier, creepy, "
    "frightening, horror, terrifying, gothic, menacing, doom, demonic, hellish, nightmarish, "
    "nightmare, macabre, bleak, vampire, foreboding, villain, cursed, satanic, morbid, shadowy, "
    "spine chilling",
    "tense": "tense, tension, suspense, suspenseful, anxious, anxiety, nervous, dramatic, "
    "thrilling, thriller, urgent, intense, intensity, chase, chasing, edgy, agitated, restless, "
    "nail biting, frantic, panicked, panic, stressful, unsettling, uneasy, dissonant, danger, "
    "dangerous, agitato, hectic, paranoid",
    "angry": "angry, angrier, anger, furious, fury, rage, raging, aggressive, aggression, "
    "violent, hateful, brutal, fierce, mad, hostile, savage, vengeful, rebellious, furioso, "
    "feroce, ferocious, wrathful, ruthless",
}
"""Canonical mood: everyday words for it."""

EMOJI: dict[str, str] = {
    "😀": "happy",
    "😃": "happy",
    "😄": "happy",
    "😁": "happy",
    "😊": "happy",
    "🙂": "happy",
    "🥳": "happy",
    "☀": "happy",
    "🔥": "energetic",
    "⚡": "energetic",
    "💪": "energetic",
    "🤪": "playful",
    "😜": "playful",
    "⚔": "epic",
    "🐉": "epic",
    "🌈": "hopeful",
    "❤": "romantic",
    "💕": "romantic",
    "😍": "romantic",
    "🥰": "romantic",
    "😌": "calm",
    "😴": "calm",
    "💤": "calm",
    "✨": "dreamy",
    "🌙": "dreamy",
    "😢": "sad",
    "😭": "sad",
    "☹": "sad",
    "😞": "sad",
    "💔": "sad",
    "👻": "mysterious",
    "🎃": "mysterious",
    "😈": "dark",
    "💀": "dark",
    "😱": "tense",
    "😰": "tense",
    "😡": "angry",
    "😠": "angry",
    "🤬": "angry",
    "🎹": "piano",
    "🎸": "guitar",
    "🎷": "saxophone",
    "🎺": "trumpet",
    "🎻": "violin",
    "🥁": "drums",
    "🪕": "banjo",
    "🪗": "accordion",
}
"""Emoji that ask for something: the word that each stands for."""
