"""The ads of the sample board: hand-written ones as they are, ordinary ones put together.

postings/lures.jsonl, lookalikes.jsonl and oddities.jsonl hold whole ads. postings/trades.jsonl says what
a trade does and asks, postings/phrases.json how an employer of a country writes; an ordinary ad is one trade
told by one employer. The same count and seed give the same ads. Everybody in them is invented.
"""
import datetime
import json
import pathlib
import random
import re
import unicodedata

HERE = pathlib.Path(__file__).resolve().parent
HOST = "loker-karya.example"
ORDINARY = 113
FIRST_NUMBER = 1001


def read_lines(name):
    with open(HERE / "postings" / name, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def slug_of(title):
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:48].strip("-") or "job"


def amount(value, separator):
    return f"{value:,}".replace(",", separator)


def mail_of(firm, pick):
    words = re.sub(r"[^a-z]+", " ", slug_of(firm)).split()
    skip = {"pt", "cv", "ltd", "rs", "toko", "yayasan", "sdn", "bhd", "the", "job", "cong", "ty", "tnhh", "cp"}
    words = [word for word in words if word not in skip][:2] or [f"usaha{pick.randrange(100, 999)}"]
    return pick.choice(["hr", "career", "lamaran", "jobs", "office"]) + "@" + "".join(words) + ".example"


def ordinary_text(ad, trade, words, pick, slots):
    """Introduction, duties, needs, offers, hours, how to apply; in lines, as people write them."""
    bullet = pick.choice(["- ", "* ", ""])
    duties = [bullet + line for line in pick.sample(trade["duties"], len(trade["duties"]))]
    needs = [bullet + line for line in trade["needs"]]
    benefits = [bullet + line for line in pick.sample(words["benefits"], min(5, len(words["benefits"])))]
    parts = [
        pick.choice(words["intros"]).format(**slots),
        "\n".join([words["duties"], *duties]),
        "\n".join([words["needs"], *needs]),
        "\n".join([words["offers"], bullet + ad["pay"], *benefits]),
        pick.choice(words["extras"]),
        pick.choice(words["hours"]),
        pick.choice(words["apply"]).format(**slots),
    ]
    return "\n\n".join(parts)


def ordinary_ad(trade, phrases, pick):
    words = dict(phrases[trade["lang"]])
    if "variants" in words:
        words.update(pick.choice(words["variants"]))
    low, high = words["tiers"][trade["tier"]] if "tier" in trade else trade["pay"]
    step = 100 if high < 20000 else 1000 if high < 200000 else 50000
    shift = 1 + pick.randrange(-4, 9) / 100
    low, high = (int(round(value * shift / step)) * step for value in (low, high))
    firm = pick.choice(words["firms"])
    place, street = pick.choice(words["places"])
    slots = {
        "firm": firm, "title": trade["title"], "place": place, "year": pick.randrange(1978, 2020),
        "street": street.format(n=pick.randrange(3, 260), m=pick.randrange(5, 15)),
        "mail": mail_of(firm, pick), "day": pick.randrange(4, 28),
        "phone": pick.choice(words["phone"]).format(p=pick.randrange(1000, 9999)),
    }
    pay = words["pay"].format(lo=amount(low, words["thousands"]), hi=amount(high, words["thousands"]))
    ad = {"lang": trade["lang"], "kind": "ordinary", "expect": "honest", "country": words["country"],
          "category": trade["category"], "title": trade["title"], "employer": firm, "place": place, "pay": pay,
          "money": {"currency": words["currency"], "low": low, "high": high}, "street": slots["street"]}
    ad["form"] = pick.choices(["jsonld", "microdata", "rdfa", "plain"], [60, 14, 8, 18])[0]
    ad["text"] = ordinary_text(ad, trade, words, pick, slots)
    return ad


def ordinary_ads(count, pick):
    trades = read_lines("trades.jsonl")
    with open(HERE / "postings" / "phrases.json", encoding="utf-8") as file:
        phrases = json.load(file)
    order = []
    while len(order) < count:
        order += pick.sample(trades, len(trades))
    return [ordinary_ad(trade, phrases, pick) for trade in order[:count]]


def written_ads():
    for name, expect in (("lures.jsonl", "lure"), ("lookalikes.jsonl", "honest"), ("oddities.jsonl", "")):
        for ad in read_lines(name):
            ad.setdefault("expect", expect)
            ad.setdefault("category", "overseas" if expect == "lure" else "other")
            yield ad


def address(ads, today):
    """Number, path and dates: the newest ad first."""
    for number, ad in enumerate(ads, FIRST_NUMBER):
        posted = today - datetime.timedelta(days=(number * 7) % 29)
        ad["number"] = number
        ad["path"] = f"/{'berita' if ad['form'] == 'article' else 'job'}/{number}-{slug_of(ad['title'])}.html"
        ad["url"] = f"http://{HOST}{ad['path']}"
        ad["posted"] = posted.isoformat()
        ad["until"] = (posted + datetime.timedelta(days=-1 if ad.get("expired") else 75)).isoformat()


def make(postings, seed, today):
    """postings ads in all (0: the usual number), mixed, with addresses."""
    pick = random.Random(seed)
    ads = list(written_ads())
    ads += ordinary_ads(max(postings - len(ads), 0) if postings else ORDINARY, pick)
    pick.shuffle(ads)
    address(ads, today)
    return ads
