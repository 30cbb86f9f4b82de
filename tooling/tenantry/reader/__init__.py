"""Strict YAML in: bytes become plain data in which every key and value knows its position.

Owns what a file may look like; what its fields mean is the models' business. The stages:
`characters` (bytes to text), `composer` (text to data), `scalars` and `dialects` (what
a plain word means, and to whom), `syntax`, `lists` and `comments` (messages),
`document` (the result).
"""

from tenantry.reader.document import Document, read_document

__all__ = ["Document", "read_document"]
