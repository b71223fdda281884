#!/usr/bin/env python3
"""Writes the sample job board as plain files, for `make demo`, the tests and the benchmark.

    make_board.py OUT [--postings N] [--seed S] [--today YYYY-MM-DD]

OUT/loker-karya.example/   the site, for build/board --root OUT. A path is its file's path, ".html" may be
                           added; a query string is part of the name ("jobs?page=2.html"). The file
                           _headers says which pages go out with headers of their own.
OUT/expected.jsonl         a line a posting: url, expect (lure, honest, unread), kind, difficulty, and
                           title, employer, place, pay and text exactly as they were put into the page;
                           stated: what `lurewatch extract` is to find there, field by field.
OUT/forbidden.txt          paths that robots.txt forbids and pages link to: nobody may ask for them.

The same arguments give the same bytes. Dates count back from --today (default: today, UTC).
"""
import argparse
import datetime
import gzip
import json
import pathlib
import struct
import sys
import zlib

import board_ads
import board_html

PER_PAGE = 20
ROBOTS = f"""User-agent: *
Disallow: /internal/
Disallow: /job/print/
Disallow: /login
Disallow: /*sort=
Crawl-delay: 0

Sitemap: http://{board_ads.HOST}/sitemap.xml
"""


class Site:
    """A folder that files are written into by path."""

    def __init__(self, folder):
        self.folder = folder
        self.headers = []

    def put(self, path, content):
        name = self.folder / path.lstrip("/")
        name.parent.mkdir(parents=True, exist_ok=True)
        name.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))

    def put_page(self, path, page, charset="utf-8"):
        """A page in its charset; what the charset lacks becomes a character reference."""
        self.put(path, page.encode(charset, "xmlcharrefreplace"))
        if charset != "utf-8":
            self.headers.append(f"{path}\n  Content-Type: text/html; charset={charset}\n")

    def put_headers(self):
        self.put("_headers", "".join(self.headers))


def put_ads(site, ads):
    for place, ad in enumerate(ads):
        similar = [ads[(place + step) % len(ads)] for step in (1, 17, 40)]
        site.put_page(ad["path"], board_html.ad_page(ad, similar), ad.get("charset", "utf-8"))
        if ad["form"] == "image":
            site.put(f"/img/poster-{ad['number']}.png", png(90, 127))
        if ad["path"].startswith("/job/") and ad["form"] not in ("image", "shell"):
            site.put(f"/job/print/{ad['number']}.html", board_html.page(ad["title"], f"<h1>{ad['number']}</h1>"))


def put_listings(site, ads):
    jobs = [ad for ad in ads if ad["form"] != "article"]
    last = (len(jobs) + PER_PAGE - 1) // PER_PAGE
    for number in range(1, last + 1):
        shown = jobs[(number - 1) * PER_PAGE:number * PER_PAGE]
        page = board_html.listing_page("Lowongan terbaru", shown, number, last)
        site.put(f"/jobs?page={number}.html", page)
        if number == 1:
            site.put("/jobs.html", page)
    site.put("/jobs?page=1&sort=pay.html", board_html.page("Urut gaji", "<p>-</p>"))
    for category in sorted({ad["category"] for ad in ads}):
        shown = [ad for ad in ads if ad["category"] == category][:60]
        site.put(f"/kategori/{category}.html", board_html.listing_page(f"Kategori {category}", shown, 1, 1))


def put_plain_pages(site, ads):
    news = [ad for ad in ads if ad["form"] == "article"]
    links = "".join(f'<li><a href="{ad["path"]}">{board_html.E(ad["title"])}</a></li>' for ad in news)
    site.put("/index.html", board_html.page("Beranda", '<h1>Loker Karya</h1><p><a href="/jobs">Lihat semua lowongan</a></p>'
                                  f'<section class="news"><h2>Kabar</h2><ul>{links}</ul></section>'))
    site.put("/about.html", board_html.page("Tentang", "<h1>Tentang kami</h1><p>Loker Karya adalah papan lowongan "
                                            'contoh.</p><p id="cookie">Cookie hanya untuk masuk.</p>'))
    site.put("/login.html", board_html.page("Masuk", '<form method="post"><input name="u"><input name="p" '
                                            'type="password"><button>Masuk</button></form>'))
    site.put("/internal/candidates.html", board_html.page("Pelamar", "<h1>Data pelamar</h1><p>Rahasia.</p>"))
    site.put("/style.css", "main{max-width:60em;margin:auto}\n")
    site.put("/app.js", "document.title='Loker Karya';\n")
    site.put("/robots.txt", ROBOTS)


def put_sitemaps(site, ads, today):
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    base = f"http://{board_ads.HOST}"
    jobs = "\n".join(f"<url><loc>{ad['url']}</loc><lastmod>{ad['posted']}</lastmod></url>" for ad in ads)
    packed = gzip.compress(f"{head}<urlset {space}>\n{jobs}\n</urlset>\n".encode(), mtime=0)
    site.put("/sitemap-jobs.xml.gz", packed)
    pages = "".join(f"<url><loc>{base}{path}</loc></url>" for path in ("/", "/jobs", "/about.html"))
    site.put("/sitemap-pages.xml", f"{head}<urlset {space}>{pages}</urlset>\n")
    maps = "".join(f"<sitemap><loc>{base}/{name}</loc><lastmod>{today}</lastmod></sitemap>"
                   for name in ("sitemap-jobs.xml.gz", "sitemap-pages.xml"))
    site.put("/sitemap.xml", f"{head}<sitemapindex {space}>{maps}</sitemapindex>\n")


def put_feed(site, ads):
    items = "\n".join(
        f"<item><title>{board_html.E(ad['title'])}</title><link>{ad['url']}</link>"
        f"<guid isPermaLink=\"false\">lk-{ad['number']}</guid>"
        f"<pubDate>{datetime.date.fromisoformat(ad['posted']).strftime('%a, %d %b %Y')} 06:00:00 GMT</pubDate>"
        f"<description>{board_html.E(board_html.paragraphs(ad['text'], 0))}</description></item>"
        for ad in ads[:30] if ad["text"] and ad["form"] != "article")
    site.put("/feed.xml", '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel><title>Loker Karya'
             f"</title><link>http://{board_ads.HOST}/</link>\n{items}\n</channel></rss>\n")


def png(width, height):
    """A grey poster: the smallest honest picture."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + b"\xb0" * width for _ in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def put_answers(out, ads):
    keys = ("url", "expect", "kind", "difficulty", "evasion", "lang", "form", "charset", "title", "employer", "place", "pay", "text")
    with open(out / "expected.jsonl", "w", encoding="utf-8") as lines:
        for ad in ads:
            answer = {key: ad[key] for key in keys if key in ad} | {"stated": board_html.stated(ad)}
            lines.write(json.dumps(answer, ensure_ascii=False) + "\n")
    with open(out / "forbidden.txt", "w", encoding="utf-8") as lines:
        lines.write("/internal/\n/job/print/\n/login\nsort=\n")


def main(argv):
    parser = argparse.ArgumentParser(description="write the sample job board as files")
    parser.add_argument("out", type=pathlib.Path, help="folder to write, made when missing")
    parser.add_argument("--postings", type=int, default=0, help="ads in all; 0: the usual number")
    parser.add_argument("--seed", type=int, default=7, help="another board with the same hand-written ads")
    parser.add_argument("--today", type=datetime.date.fromisoformat,
                        default=datetime.datetime.now(datetime.timezone.utc).date(), help="dates count back from it")
    options = parser.parse_args(argv)
    ads = board_ads.make(options.postings, options.seed, options.today)
    site = Site(options.out / board_ads.HOST)
    put_ads(site, ads)
    put_listings(site, ads)
    put_plain_pages(site, ads)
    put_sitemaps(site, ads, options.today)
    put_feed(site, ads)
    site.put_headers()
    put_answers(options.out, ads)
    lures = sum(ad["expect"] == "lure" for ad in ads)
    print(f"{len(ads)} postings, {lures} of them lures, in {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
