"""Disguises that recruiters use against filters, each a function of an ad and a
random source: what a person still reads, a filter should no longer. All are deterministic for a seed.

An ad is a dict with title, company, location, salary, text; a disguise gives a new one. A disguise works on
share of the words, like the ads it imitates: nobody spells a whole ad in dots, the risky words are.
"""
import re
import unicodedata

FIELDS = ('title', 'company', 'location', 'salary', 'text')
LOOK_ALIKES = {'a': 'а', 'c': 'с', 'e': 'е', 'o': 'о', 'p': 'р', 'x': 'х', 'y': 'у', 'i': 'і', 's': 'ѕ', 'j': 'ј', 'd': 'ԁ',
               'k': 'к', 'm': 'м', 't': 'т', 'h': 'һ', 'n': 'ո', 'u': 'υ', 'g': 'ɡ', 'l': 'ӏ'}
LEET = {'a': '4', 'e': '3', 'i': '1', 'o': '0', 's': '5', 't': '7'}
ZERO_WIDTH = '\u200b\u200c\u200d\u2060\ufeff\u00ad'
STYLES = (0x1D400, 0x1D434, 0x1D5A0, 0x1D5D4, 0x1D63C, 0x1D670)  # capital A of bold, italic, sans, ... letters
EMOJI = ((r'\b(?:tiket pesawat|tiket|flights?|tickets?|vé máy bay)\b|机票|機票|ตั๋วเครื่องบิน', '✈️'),
         (r'\b(?:makan|meals|food)\b|餐', '🍚'), (r'\b(?:kamboja|cambodia|campuchia)\b|柬埔寨|กัมพูชา', '🇰🇭'),
         (r'\b(?:mess|accommodation|lodging)\b', '🏠'), (r'\b(?:slot|casino|kasino)\b', '🎰'),
         (r'\b(?:telegram|tele)\b', '📲'), (r'\b(?:dollar|dolar|usd)\b', '💵'))
WORD = re.compile(r'[A-Za-z]{4,}')
SPACED_SCRIPT = re.compile(r'[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]')


def words(ad, change, random, share):
    """The ad with change(word) for a share of its longer Latin words, the same word always alike."""
    chosen = {}

    def one(found):
        word = found.group()
        if word.lower() not in chosen:
            chosen[word.lower()] = random.random() < share
        return change(word) if chosen[word.lower()] else word
    return each(ad, lambda text: outside_contacts(text, lambda part: WORD.sub(one, part)))


def each(ad, change):
    return {key: change(value) if key in FIELDS else value for key, value in ad.items()}


CONTACT = re.compile(r'https?://\S+|\b[\w-]+\.(?:me|com|id|ph|example)\S*|@\w+|\+?\d[\d -]{6,}\d')


def outside_contacts(text, change):
    """Contacts must stay usable: a reader has to copy them."""
    kept, at = [], 0
    for found in CONTACT.finditer(text):
        kept += [change(text[at:found.start()]), found.group()]
        at = found.end()
    return ''.join(kept + [change(text[at:])])


def look_alikes(ad, random):
    def change(word):
        return ''.join(LOOK_ALIKES.get(letter, letter) if random.random() < 0.5 else letter for letter in word)
    return words(ad, change, random, 0.6)


def mixed_script(ad, random):
    """One letter of a word from another script: a cheaper trick than look-alikes throughout."""
    def change(word):
        at = [n for n, letter in enumerate(word) if letter in LOOK_ALIKES]
        if not at:
            return word
        n = random.choice(at)
        return word[:n] + LOOK_ALIKES[word[n]] + word[n + 1:]
    return words(ad, change, random, 0.9)


def fancy_fonts(ad, random):
    base = random.choice(STYLES)

    def letter(one):
        if 'A' <= one <= 'Z':
            return styled(base, ord(one) - 65)
        return styled(base, ord(one) - 97 + 26) if 'a' <= one <= 'z' else one

    def styled(first, n):
        made = chr(first + n)
        return made if unicodedata.name(made, '') else chr(0x1D400 + n)
    return words(ad, lambda word: ''.join(map(letter, word)), random, 0.8)


def zero_width(ad, random):
    def change(text):
        if SPACED_SCRIPT.search(text):
            return text  # there U+200B is how honest people write
        return re.sub(r'(?<=\w)(?=\w)', lambda _: random.choice(ZERO_WIDTH) if random.random() < 0.2 else '', text)
    return each(ad, lambda text: outside_contacts(text, change))


def apart(separator):
    def disguise(ad, random):
        def han(text):
            return re.sub(r'[\u4e00-\u9fff]{2,4}',
                          lambda found: separator.join(found.group()) if random.random() < 0.3 else found.group(), text)
        return each(words(ad, lambda word: separator.join(word), random, 0.35), han)
    return disguise


def leet(ad, random):
    def change(word):
        return word[0] + ''.join(LEET.get(letter, letter) if random.random() < 0.6 else letter for letter in word[1:])
    return words(ad, change, random, 0.5)


def emoji(ad, random):
    def change(text):
        for pattern, sign in EMOJI:
            text = re.sub(pattern, sign, text, flags=re.I)
        return re.sub(r'\n', lambda _: '\n' + random.choice('🔥💰✅👉⭐') + ' ', text)
    return each(ad, change)


def no_diacritics(ad, random):
    def bare(text):
        text = text.replace('đ', 'd').replace('Đ', 'D')
        return ''.join(letter for letter in unicodedata.normalize('NFD', text)
                       if not (unicodedata.combining(letter) and ord(letter) < 0x370))
    return each(ad, bare)


def split_contact(ad, random):
    def split(found):
        sign = random.choice((' ', '-', '.', ' - ', '⭐', '·'))
        return sign.join(found.group())

    def change(text):
        text = re.sub(r'(?<=[\d +])\d(?:[ -]?\d){7,}', split, text)
        return re.sub(r't\.me/', 't . me / ', text)
    return each(ad, change)


def reordered(ad, random):
    """Sentences in another order."""
    parts = re.split(r'(?<=[.!?。！？\n])\s*', ad['text'])
    parts = [part for part in parts if part.strip()]
    random.shuffle(parts)
    return dict(ad, text=' '.join(part.strip() for part in parts))


def upper(ad, random):
    return each(ad, str.upper)


def punctuated(ad, random):
    """Stars and bars about words and between them."""
    sign = random.choice(('*', '_', '~', '|', '•'))
    return words(ad, lambda word: sign + word + sign, random, 0.7)


def stretched(ad, random):
    def change(word):
        n = random.randrange(1, len(word))
        return word[:n] + word[n] * 2 + word[n:] if word[n] in 'aeiou' else word
    return words(ad, change, random, 0.25)


def diluted(honest):
    """The lure in the midst of 400 words of honest boilerplate in any language of the samples."""
    def disguise(ad, random):
        same = [text for lang, text in honest if lang == ad['lang']] or [text for _, text in honest]
        filler, count = [], 0
        while count < 400:
            text = random.choice(same)
            filler.append(text)
            count += max(len(text.split()), len(text) // 6)
        half = len(filler) // 2
        return dict(ad, text='\n\n'.join(filler[:half] + [ad['text']] + filler[half:]))
    return disguise


def all_disguises(honest):
    return (('look-alikes', look_alikes), ('mixed-script', mixed_script), ('fancy-fonts', fancy_fonts),
            ('zero-width', zero_width), ('spaced', apart(' ')), ('dotted', apart('.')), ('leet', leet),
            ('emoji', emoji), ('no-diacritics', no_diacritics), ('split-contact', split_contact),
            ('reordered', reordered), ('upper-case', upper), ('punctuated', punctuated),
            ('stretched', stretched), ('diluted', diluted(honest)))
