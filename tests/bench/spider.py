"""The idiomatic Scrapy spider of the bench: follow lists and postings, take title and JSON-LD, write JSON lines.

    scrapy runspider spider.py -a hosts=board00.bench.example,… -o out.jsonl
"""
import json

import scrapy


class Board(scrapy.Spider):
    name = "board"
    custom_settings = {"LOG_LEVEL": "ERROR", "ROBOTSTXT_OBEY": True, "CONCURRENT_REQUESTS": 20,
                       "CONCURRENT_REQUESTS_PER_DOMAIN": 1, "DOWNLOAD_DELAY": 0, "TELNETCONSOLE_ENABLED": False}

    def __init__(self, hosts="", **kwargs):
        super().__init__(**kwargs)
        self.start_urls = [f"http://{host}/list/1.html" for host in hosts.split(",")]

    def parse(self, response):
        if "/job/" in response.url:
            for text in response.xpath('//script[@type="application/ld+json"]/text()').getall():
                data = json.loads(text)
                yield {"url": response.url, "title": data.get("title"), "text": data.get("description")}
        for href in response.xpath("//a/@href").getall():
            if href.startswith(("/job/", "/list/")):
                yield response.follow(href, self.parse)
