"""What Scrapy does with the sites of `tests.benchmarks.web`: the same pages, robots.txt obeyed, one request a host.

Run by a Python that has Scrapy: `python scrapy_spider.py URLS CONCURRENCY`; prints pages and seconds.
"""

# mypy: ignore-errors
from __future__ import annotations

import re
import sys
import time
from pathlib import Path

import scrapy
from scrapy.crawler import CrawlerProcess

EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]+\.[\w.-]+")
URLS = Path(sys.argv[1]).read_text().split()
FURTHER = re.compile(r"contact|about|team|support|impressum")


class Sites(scrapy.Spider):
    name = "sites"
    pages = 0

    async def start(self):
        for url in URLS:
            yield scrapy.Request(url)

    def parse(self, response):
        type(self).pages += 1
        yield {
            "url": response.url,
            "emails": EMAIL.findall(response.text),
            "links": response.css("a::attr(href)").getall(),
        }
        if response.url.endswith("/"):
            for href in response.css("a::attr(href)").getall():
                if FURTHER.search(href):
                    yield response.follow(href)


class Clock:
    started = ended = 0.0


def start_clock() -> None:
    Clock.started = time.perf_counter()


def stop_clock() -> None:
    Clock.ended = time.perf_counter()


def main() -> None:
    process = CrawlerProcess(
        {
            "ROBOTSTXT_OBEY": True,
            "CONCURRENT_REQUESTS": int(sys.argv[2]),
            "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
            "DOWNLOAD_DELAY": 0,
            "TELNETCONSOLE_ENABLED": False,
            "LOG_LEVEL": "ERROR",
            "USER_AGENT": "Trigpoint-benchmark",
        }
    )
    crawler = process.create_crawler(Sites)
    crawler.signals.connect(start_clock, scrapy.signals.spider_opened)
    crawler.signals.connect(stop_clock, scrapy.signals.spider_closed)
    process.crawl(crawler)
    process.start()
    print(Sites.pages, Clock.ended - Clock.started)


if __name__ == "__main__":
    main()
