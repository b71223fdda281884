"""The honest ads of samples/benign: none may be flagged, and no strong rule may touch one.

Articles that report on lures (kind awareness) quote every trigger word: strong rules may touch them, and
still they may not be flagged. `test_benign.py --rules` lists what fires, for whoever edits the bank.
"""
import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
LUREWATCH = ROOT / os.environ.get("BUILD", "build") / "lurewatch"
STRONG = 3.0
LANGUAGES = ("id ms en zh-Hans zh-Hant vi th tl ja ko hi bn ne my km lo pt es ru sw am ur ta si").split()


def read_ads():
    ads = []
    for file in sorted((ROOT / "samples" / "benign").glob("*.jsonl")):
        with open(file, encoding="utf-8") as lines:
            ads += [json.loads(line) for line in lines if line.strip()]
    return ads


def scan(ads):
    members = ("id", "title", "company", "location", "salary", "text")
    text = "".join(json.dumps({key: ad[key] for key in members if key in ad}, ensure_ascii=False) + "\n" for ad in ads)
    with tempfile.TemporaryDirectory() as folder:
        config = pathlib.Path(folder) / "lurewatch.yml"
        config.write_text(f"patterns: '{ROOT / 'patterns'}'\n")
        done = subprocess.run([str(LUREWATCH), "scan", "--config", str(config)], input=text, capture_output=True,
                              timeout=120, check=True, encoding="utf-8")
    return [json.loads(line) for line in done.stdout.splitlines()]


def touched(verdict, at_least):
    """Ids and words of the rules that fired with so many points."""
    return [f"{finding['id']} '{finding.get('quote', '')}'" for finding in verdict["findings"]
            if finding["kind"] == "rule" and finding["points"] >= at_least]


WORDS_AND_NUMBERS = [
    {"id": "id", "title": "x", "text": "Bonus sampai 9,000 USD, dibayar 1.500 usd per bulan, shift 2013 jam"},
    {"id": "en", "title": "x", "text": "Total 298,600 usdt or $60,000 USD; ages 2021-28, 10-15 years of experience"},
    {"id": "es", "title": "x", "text": "Base 1.000 USD mensual, 1.500 d\u00f3lares al mes"},
    {"id": "ru", "title": "x", "text": "\u0434\u043e 12000$ \u0438\u043b\u0438 12.000$"},
    {"id": "zh", "title": "x", "text": "\u6bcf\u6708 12,000u, 15000u"},
    {"id": "hi", "title": "x", "text": "prototyping, recalling, streaml, classroom free, lekarz, 9,000 \u0921\u0949\u0932\u0930"},
]


def begins_inside(ad, verdict):
    """Quotes that begin within a number, or within a word of Latin letters: nobody can read those in a letter."""
    told = []
    for finding in verdict["findings"]:
        field = ad.get(finding.get("field", ""), "") if "start" in finding else ""
        start = len(field.encode()[:finding.get("start", 0)].decode(errors="ignore"))
        before, first = field[max(0, start - 2):start], field[start:start + 1]
        in_number = first.isdigit() and (before[-1:].isdigit() or (before[-1:] in (".", ",") and before[:1].isdigit()
                                                                   and finding["id"] != "low-bar.age-sex.zh"))
        in_word = first.isascii() and first.isalpha() and before[-1:].isascii() and before[-1:].isalpha()
        if finding["kind"] == "rule" and (in_number or in_word):
            told.append(f"{ad['id']} {finding['id']} {before}|{finding.get('quote', '')}")
    return told


def tell(name, failures):
    print(f"ok {name}" if not failures else f"not ok {name}: {len(failures)}: " + "; ".join(failures[:8]))


def list_rules(ads, verdicts):
    fired = collections.defaultdict(list)
    for ad, verdict in zip(ads, verdicts):
        for finding in verdict["findings"]:
            if finding["kind"] in ("rule", "combo") and finding["points"] > 0:
                fired[finding["id"], finding["points"]].append(ad["id"])
    for (rule, points), ids in sorted(fired.items(), key=lambda item: (-item[0][1], item[0][0])):
        print(f"{points:5.1f} {rule:44} {len(ids):4}  {' '.join(ids[:6])}")


def main():
    ads = read_ads()
    verdicts = scan(ads)
    if "--rules" in sys.argv:
        list_rules(ads, verdicts)
        return
    pairs = list(zip(ads, verdicts))
    counted = collections.Counter(ad["lang"] for ad in ads)
    tell("honest ads in every language we read",
         [f"{lang}: {counted[lang]}" for lang in LANGUAGES if counted[lang] < 6] +
         ([f"only {len(ads)} ads"] if len(ads) < 320 else []))
    tell("every ad has its verdict, in order", [ad["id"] for ad, verdict in pairs if verdict.get("id") != ad["id"]])
    tell("no honest ad is flagged",
         [f"{ad['id']} {verdict['band']} {verdict['score']} ({', '.join(touched(verdict, 2.0)) or 'combos'})"
          for ad, verdict in pairs if verdict["band"] in ("review", "urgent")])
    tell("no strong rule touches an honest ad",
         [f"{ad['id']} by {rule}" for ad, verdict in pairs if ad["kind"] != "awareness" for rule in touched(verdict, STRONG)])
    tell("a quote begins where its word or number begins",
         [told for ad, verdict in pairs + list(zip(WORDS_AND_NUMBERS, scan(WORDS_AND_NUMBERS)))
          for told in begins_inside(ad, verdict)])


if __name__ == "__main__":
    main()
