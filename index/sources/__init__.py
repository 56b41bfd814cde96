"""Where articles come from: files, folders, web pages, feeds and sitemaps."""

from index.loaders import Failure
from index.sources.expand import expand, read_url, source_address
from index.sources.fetch import Fetched, Fetcher, Limits
from index.sources.files import read_file, read_folder
from index.sources.results import Completed, Found, Known, NotModified, Result
from index.sources.web import read_page

__all__ = [
    "Completed",
    "Failure",
    "Fetched",
    "Fetcher",
    "Found",
    "Known",
    "Limits",
    "NotModified",
    "Result",
    "expand",
    "read_file",
    "read_folder",
    "read_page",
    "read_url",
    "source_address",
]
