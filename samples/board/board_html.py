"""Pages of the sample board: what real boards wrap around an ad, in little. Templates only, no files."""
import html
import json
import re

from board_ads import HOST

E = html.escape
NAV = ('<header><a class="logo" href="/">Loker Karya</a><nav><a href="/jobs">Semua lowongan</a> '
       '<a href="/kategori/office.html">Kantor</a> <a href="/kategori/it.html">IT</a> '
       '<a href="/kategori/health.html">Kesehatan</a> <a href="/about.html">Tentang</a> '
       '<a href="/login.html">Masuk</a> <a href="/internal/candidates.html">Staf</a></nav></header>')
COOKIES = ('<div class="cookie-notice" role="dialog"><p>Kami memakai cookie agar situs ini berjalan. '
           '<a href="/about.html#cookie">Selengkapnya</a> <button>Setuju</button></p></div>')
ADS = ('<aside class="ads"><p>Iklan</p><a href="https://kursus-cepat.example/?utm_source=loker" rel="nofollow">'
       'Kursus Excel 3 hari, sertifikat resmi</a></aside>')
FOOTER = ('<footer><p>&copy; Loker Karya. Papan lowongan contoh; semua nama di sini rekaan.</p>'
          '<a href="/feed.xml">RSS</a> <a href="/sitemap.xml">Peta situs</a> '
          '<a href="/jobs?page=1&amp;sort=pay">Urut gaji</a></footer>')


def page(title, body, lang="id", head="", charset="utf-8"):
    return (f'<!doctype html>\n<html lang="{lang}"><head><meta charset="{charset}">'
            f'<meta name="viewport" content="width=device-width"><title>{E(title)} | Loker Karya</title>'
            f'<link rel="stylesheet" href="/style.css">{head}</head>\n<body>{NAV}\n{COOKIES}\n'
            f'<main>{body}</main>\n{ADS}\n{FOOTER}</body></html>\n')


def paragraphs(text, number):
    """Odd numbers show bullet lines as a list, even ones as plain lines: boards do both."""
    out = []
    for block in text.split("\n\n"):
        lines = block.split("\n")
        bullets = [line for line in lines if re.match(r"[-*] ", line)]
        if number % 2 and len(bullets) > 1 and lines[-len(bullets):] == bullets:
            lead = lines[:-len(bullets)]
            if lead:
                out.append("<p>" + "<br>\n".join(E(line) for line in lead) + "</p>")
            out.append("<ul>" + "".join(f"<li>{E(line[2:])}</li>" for line in bullets) + "</ul>")
        else:
            out.append("<p>" + "<br>\n".join(E(line) for line in lines) + "</p>")
    return "\n".join(out)


def job_jsonld(ad):
    job = {"@context": "https://schema.org/", "@type": "JobPosting", "title": ad["title"],
           "description": paragraphs(ad["text"], ad["number"]), "datePosted": ad["posted"],
           "validThrough": ad["until"], "employmentType": "FULL_TIME", "url": ad["url"],
           "identifier": {"@type": "PropertyValue", "name": "Loker Karya", "value": str(ad["number"])}}
    if ad["employer"]:
        job["hiringOrganization"] = {"@type": "Organization", "name": ad["employer"]}
    if ad["place"]:
        where = {"@type": "PostalAddress", "addressLocality": ad["place"]}
        if "street" in ad:
            where |= {"streetAddress": ad["street"], "addressCountry": ad["country"]}
        job["jobLocation"] = {"@type": "Place", "address": where}
    if "money" in ad:
        money = ad["money"]
        job["baseSalary"] = {"@type": "MonetaryAmount", "currency": money["currency"],
                             "value": {"@type": "QuantitativeValue", "minValue": money["low"],
                                       "maxValue": money["high"], "unitText": "MONTH"}}
    elif ad["pay"]:
        job["baseSalary"] = ad["pay"]
    return script_json(job)


def article_jsonld(ad):
    return script_json({"@context": "https://schema.org/", "@type": "NewsArticle", "headline": ad["title"],
                        "datePublished": ad["posted"], "author": {"@type": "Organization", "name": ad["employer"]}})


def script_json(value):
    text = json.dumps(value, ensure_ascii=False).replace("</", "<\\/")
    return f'<script type="application/ld+json">{text}</script>'


# what the attributes of a form are: item, title, employer, place, pay, text, posted
MICRODATA = {"item": ' itemscope itemtype="https://schema.org/JobPosting"', "title": ' itemprop="title"',
             "org": ' itemprop="hiringOrganization" itemscope itemtype="https://schema.org/Organization"',
             "name": ' itemprop="name"', "loc": ' itemprop="jobLocation" itemscope itemtype="https://schema.org/Place"',
             "addr": ' itemprop="address"', "pay": ' itemprop="baseSalary"', "text": ' itemprop="description"',
             "posted": ' itemprop="datePosted"'}
RDFA = {"item": ' vocab="https://schema.org/" typeof="JobPosting"', "title": ' property="title"',
        "org": ' property="hiringOrganization" typeof="Organization"', "name": ' property="name"',
        "loc": ' property="jobLocation" typeof="Place"', "addr": ' property="address"', "pay": ' property="baseSalary"',
        "text": ' property="description"', "posted": ' property="datePosted"'}
NONE = dict.fromkeys(MICRODATA, "")


def job_facts(ad, mark):
    rows = []
    if ad["employer"]:
        rows.append(f'<p class="employer"{mark["org"]}><span{mark["name"]}>{E(ad["employer"])}</span></p>')
    if ad["place"]:
        rows.append(f'<p class="place"{mark["loc"]}><span{mark["addr"]}>{E(ad["place"])}</span></p>')
    if ad["pay"]:
        rows.append(f'<p class="pay"{mark["pay"]}>{E(ad["pay"])}</p>')
    rows.append(f'<p class="posted">Tayang <time{mark["posted"]} datetime="{ad["posted"]}">{ad["posted"]}</time></p>')
    return "\n".join(rows)


def similar_box(ads):
    items = "".join(f'<li><a href="{ad["path"]}">{E(ad["title"])}</a></li>' for ad in ads)
    return f'<aside class="similar"><h2>Lowongan serupa</h2><ul>{items}</ul></aside>'


def job_page(ad, similar):
    mark = {"microdata": MICRODATA, "rdfa": RDFA}.get(ad["form"], NONE)
    head = f'<link rel="canonical" href="{ad["url"]}">' + (job_jsonld(ad) if ad["form"] == "jsonld" else "")
    closed = '<p class="closed">Lowongan ini sudah ditutup.</p>' if ad.get("expired") else ""
    body = (f'<article class="job"{mark["item"]}><h1{mark["title"]}>{E(ad["title"])}</h1>\n{closed}'
            f'<div class="facts">{job_facts(ad, mark)}</div>\n'
            f'<div class="description"{mark["text"]}>{paragraphs(ad["text"], ad["number"])}</div></article>\n'
            f'<p class="tools"><a href="/job/print/{ad["number"]}.html">Cetak</a> '
            f'<a href="/login.html?next=/apply/{ad["number"]}">Lamar sekarang</a></p>{similar_box(similar)}')
    return page(ad["title"], body, ad["lang"], head, ad.get("charset", "utf-8"))


def article_page(ad, similar):
    body = (f'<article class="news"><h1>{E(ad["title"])}</h1><p class="byline">{E(ad["employer"])}, {ad["posted"]}</p>\n'
            f'{paragraphs(ad["text"], 0)}</article>{similar_box(similar)}')
    return page(ad["title"], body, ad["lang"], article_jsonld(ad))


def image_page(ad, similar):
    body = (f'<article class="job"><h1>{E(ad["title"])}</h1><div class="description">'
            f'<img src="/img/poster-{ad["number"]}.png" width="900" height="1273" alt=""></div></article>'
            f'{similar_box(similar)}')
    return page(ad["title"], body, ad["lang"])


def shell_page(ad, _similar):
    return (f'<!doctype html><html lang="{ad["lang"]}"><head><meta charset="utf-8"><title>Loker Karya</title></head><body>'
            f'<div id="app" data-job="{ad["number"]}"></div><noscript>Aktifkan JavaScript.</noscript>'
            '<script src="/app.js"></script></body></html>\n')


PAGES = {"article": article_page, "image": image_page, "shell": shell_page}


def ad_page(ad, similar):
    return PAGES.get(ad["form"], job_page)(ad, similar)


def card(ad):
    return (f'<li class="card"><h2><a href="{ad["path"]}">{E(ad["title"])}</a></h2>'
            f'<p>{E(ad["employer"])} &middot; {E(ad["place"])}</p><p class="pay">{E(ad["pay"])}</p>'
            f'<p class="teaser">{E(ad["text"][:90])}&hellip;</p></li>')


def shown_text(ad):
    """The text as a reader of the page sees it: a list's bullets are the page's own, spaces run together."""
    lines = []
    for block in ad["text"].split("\n\n"):
        rows = block.split("\n")
        bullets = sum(bool(re.match(r"[-*] ", row)) for row in rows)
        if ad["number"] % 2 and ad["form"] != "article" and bullets > 1:
            rows = [re.sub(r"^\* ", "- ", row) for row in rows]
        lines.append("\n".join(re.sub(" +", " ", row) for row in rows))
    return "\n\n".join(lines)


def shown_money(money):
    low, high = money["low"], money["high"]
    return f"{money['currency']} {low if low == high else f'{low}-{high}'} per month"


def shown_address(ad):
    """Street, town and country; a town that the street names already is not said again."""
    inside = re.search(rf"(?<![A-Za-z0-9]){re.escape(ad['place'])}(?![A-Za-z0-9])", ad["street"])
    return ", ".join((ad["street"], ad["country"]) if inside else (ad["street"], ad["place"], ad["country"]))


def stated(ad):
    """What the page states, as `lurewatch extract` names it; None: no reader finds a posting in it."""
    if ad["form"] == "shell":
        return None
    facts = {"url": ad["url"], "title": ad["title"], "company": ad["employer"], "location": ad["place"],
             "salary": ad["pay"], "text": shown_text(ad), "lang": ad["lang"], "date_posted": ad["posted"],
             "source_type": {"jsonld": "json-ld", "microdata": "microdata", "rdfa": "rdfa"}.get(ad["form"], "html")}
    if ad["form"] == "jsonld":
        facts |= {"id": str(ad["number"]), "valid_through": ad["until"], "employment": "FULL_TIME"}
        if "street" in ad:
            facts["location"] = shown_address(ad)
        if "money" in ad:
            facts["salary"] = shown_money(ad["money"])
    elif ad["form"] in ("article", "image"):
        for field in ("company", "location", "salary", "date_posted"):
            facts[field] = ""
    facts["images"] = [f"http://{HOST}/img/poster-{ad['number']}.png"] if ad["form"] == "image" else []
    return {field: value for field, value in facts.items() if value != ""} | {"links": []}


def listing_page(title, ads, number, last):
    link = {-1: "", 1: ""}
    for step, rel in ((-1, "prev"), (1, "next")):
        if 1 <= number + step <= last:
            link[step] = f'<a rel="{rel}" href="/jobs?page={number + step}">{rel}</a>'
    head = f'<link rel="next" href="/jobs?page={number + 1}">' if number < last else ""
    cards = "\n".join(card(ad) for ad in ads)
    body = (f'<h1>{E(title)}</h1><ul class="jobs">{cards}</ul><p class="pager">{link[-1]} halaman {number} '
            f'dari {last} {link[1]}</p>')
    return page(title, body, head=head)
