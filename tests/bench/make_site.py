#!/usr/bin/env python3
"""make_site.py OUT [--pages N] [--hosts N] [--ads N]: the generated job board that `make bench` sweeps.

Every host has lists of 40 postings each, linked page by page, and postings of 15 to 120 KB with JSON-LD,
as plain files and gzipped beside them (nginx: gzip_static). The text is made of invented words, firms and
numbers; one posting in two hundred reads like a lure, so that evidence and cases are written too. Also
OUT/urls.txt (all pages), OUT/files.txt (their files) and OUT/ads.jsonl (ads of about 2.2 KB for scan).
The same arguments give the same bytes.
"""
import argparse
import gzip
import json
import os
import random
import shutil

PER_LIST = 40
TITLES = {
    "id": ["Staf Admin Gudang", "Kasir Toko", "Operator Produksi", "Perawat Klinik", "Sales Lapangan"],
    "en": ["Warehouse Clerk", "Staff Nurse", "Site Engineer", "Line Cook", "Payroll Officer"],
    "zh": ["仓库文员", "门店收银员", "财务专员", "机械工程师", "幼儿园教师"],
}
WORDS = {
    "id": ("kami perusahaan ritel mencari karyawan untuk penempatan kota dengan pengalaman minimal satu tahun "
           "mampu bekerja dalam tim jujur teliti ijazah terakhir fotokopi gaji pokok tunjangan makan jadwal "
           "shift libur mingguan lamaran kirim melalui surat kantor cabang pelanggan barang laporan harian").split(),
    "en": ("our company is looking for a colleague who keeps careful records works well with others and has two "
           "years of practice the contract is permanent with paid leave health cover and training apply with a "
           "letter and certificates to the office shown below customers stock reports daily duties").split(),
    "zh": ("公司 招聘 员工 负责 日常 工作 要求 具有 相关 经验 学历 大专 以上 待遇 面议 五险 双休 提供 培训 地点 市区 "
           "面试 请 携带 证书 团队 合作 认真 负责 客户 报告 库存").split(),
}
LURE = ("Dibutuhkan admin slot dan CS judi online penempatan Bavet Kamboja, gaji 12-15 juta, tiket dan paspor "
        "ditanggung, tanpa pengalaman, mess disediakan, kirim ke telegram @contoh_bench{n}")
SCRIPT = ("<script>window.cfg=window.cfg||[];cfg.push({id:%d,track:function(e){return e&&e.type==='click'?1:0},"
          "opts:{lazy:true,ratio:1.5,names:['a','b','c']}});</script>\n")


def sentence(rng, lang, words):
    picked = [rng.choice(WORDS[lang]) for _ in range(words)]
    joined = "".join(picked) if lang == "zh" else " ".join(picked).capitalize()
    return joined + ("。" if lang == "zh" else ". ")


def ad_text(rng, lang, size):
    out = []
    length = 0
    while length < size:
        out.append(sentence(rng, lang, rng.randrange(8, 20)))
        length += len(out[-1].encode())
    return "".join(out)


def head(title, extra=""):
    return (f'<!DOCTYPE html><html lang="id"><head><meta charset="utf-8"><title>{title}</title>\n'
            '<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/s.css">\n'
            f'{extra}</head><body>\n<header><nav><ul>'
            + "".join(f'<li class="nav-item"><a href="/about/{k}.html" data-k="{k}">Menu {k}</a></li>' for k in range(12))
            + "</ul></nav></header>\n<main>\n")


def card(rng, host, number, title):
    return (f'<article class="card card--job" data-id="{number}"><h2 class="card__title"><a href="/job/{number}.html">'
            f'{title}</a></h2><p class="card__firm">PT Contoh {host}</p><ul class="tags"><li>Penuh waktu</li>'
            f'<li>Kota {rng.randrange(40)}</li></ul></article>\n')


def posting(rng, host, number, count):
    lang = rng.choices(["id", "en", "zh"], [6, 3, 1])[0]
    title = rng.choice(TITLES[lang])
    text = ad_text(rng, lang, rng.randrange(800, 4000))
    if rng.randrange(200) == 0:
        title, text = "Customer Service", LURE.format(n=number) + " " + text[:300]
    data = {"@context": "https://schema.org/", "@type": "JobPosting", "title": title,
            "description": f"<p>{text}</p>", "datePosted": "2026-11-%02d" % rng.randrange(1, 25),
            "identifier": {"@type": "PropertyValue", "name": f"h{host}", "value": str(number)},
            "hiringOrganization": {"@type": "Organization", "name": f"PT Contoh {host}"},
            "jobLocation": {"@type": "Place", "address": {"@type": "PostalAddress",
                                                          "addressLocality": f"Kota {rng.randrange(40)}",
                                                          "addressCountry": "ID"}}}
    page = [head(title, f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>\n')]
    page.append(f'<h1 class="job__title">{title}</h1>\n<div class="job__text"><p>{text}</p></div>\n')
    page.append("<section><h2>Lowongan lain</h2>\n")
    page.extend(card(rng, host, 1 + (number + k * 7) % count, rng.choice(TITLES["id"])) for k in range(1, 7))
    page.append("</section>\n")
    target = int(15000 * (120 / 15) ** rng.random())
    size = sum(len(part.encode()) for part in page)
    while size < target:
        filler = (SCRIPT % rng.randrange(10**6) if rng.randrange(3) == 0 else
                  '<div class="row row--%d"><div class="col"><span class="label">%s</span></div></div>\n'
                  % (rng.randrange(100), sentence(rng, "en", rng.randrange(3, 25))))
        page.append(filler)
        size += len(filler)
    page.append("</main><footer><p>Contoh</p></footer></body></html>\n")
    return "".join(page)


def listing(rng, host, number, lists, count):
    first = (number - 1) * PER_LIST + 1
    page = [head(f"Lowongan kerja {number}")]
    page.extend(card(rng, host, n, rng.choice(TITLES["id"])) for n in range(first, min(first + PER_LIST, count + 1)))
    page.append('<div class="pager">')
    if number < lists:
        page.append(f'<a rel="next" href="/list/{number + 1}.html">Berikutnya</a>')
    page.append("</div></main></body></html>\n")
    return "".join(page)


def put(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    raw = text.encode()
    with open(path, "wb") as out:
        out.write(raw)
    with open(path + ".gz", "wb") as out:
        out.write(gzip.compress(raw, 6, mtime=0))
    return len(raw)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out")
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--hosts", type=int, default=20)
    parser.add_argument("--ads", type=int, default=5000)
    options = parser.parse_args()
    shutil.rmtree(options.out, ignore_errors=True)
    os.makedirs(options.out)
    rng = random.Random(20261124)
    per_host = max(2, options.pages // options.hosts)
    lists = max(1, round(per_host / (PER_LIST + 1)))
    count = per_host - lists
    total = 0
    with open(f"{options.out}/urls.txt", "w") as urls, open(f"{options.out}/files.txt", "w") as files:
        for host in range(options.hosts):
            name = f"board{host:02d}.bench.example"
            pages = [(f"/list/{n}.html", listing(rng, host, n, lists, count)) for n in range(1, lists + 1)]
            pages += [(f"/job/{n}.html", posting(rng, host, n, count)) for n in range(1, count + 1)]
            for path, text in pages:
                total += put(f"{options.out}/{name}{path}", text)
                urls.write(f"{name} {path}\n")
                files.write(f"{options.out}/{name}{path}\n")
            put(f"{options.out}/{name}/robots.txt", "User-agent: *\nDisallow: /about/\n")
    with open(f"{options.out}/ads.jsonl", "w") as out:
        for number in range(options.ads):
            lang = rng.choices(["id", "en", "zh"], [6, 3, 1])[0]
            out.write(json.dumps({"id": str(number), "title": rng.choice(TITLES[lang]), "company": f"PT Contoh {number % 50}",
                                  "location": f"Kota {number % 40}", "salary": "Rp 4.500.000 per bulan",
                                  "text": ad_text(rng, lang, 2000)}, ensure_ascii=False) + "\n")
    print(f"{options.hosts * (count + lists)} pages on {options.hosts} hosts, {total / 1e6:.0f} MB of HTML")


main()
