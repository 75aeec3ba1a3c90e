"""What a page or a file of the desk says."""

import csv
import io
import re


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def rows(answer):
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def column(answer, heading):
    headings, *lines = rows(answer)
    return [line[headings.index(heading)] for line in lines]


def row_headings(answer):
    return re.findall(r'<th scope="row">(?:<a[^>]*>)?([^<]*)', answer.text)
