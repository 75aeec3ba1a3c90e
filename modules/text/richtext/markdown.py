"""Intermediate document from and to Markdown."""

import re
from dataclasses import replace

from markdown_it import MarkdownIt

from .document import UNPRINTABLE, Heading, Item, ListOf, Paragraph, Run, tidy, tidy_runs

_LINE_STARTS = re.compile(r"^(?:(\d{1,9})(?=[.)](?:\s|$))|(?=[-+](?:\s|$))|(?=#{1,6}(?:\s|$)))", re.MULTILINE)

_markdown = MarkdownIt("zero", {"html": False}).enable(["emphasis", "link", "list", "heading", "escape", "newline"])
_markdown.normalizeLink = lambda address: address
_markdown.validateLink = lambda address: True


def links_in(text):
    return [token.attrGet("href") for inline in _markdown.parse(text) for token in inline.children or []
            if token.type == "link_open"]  # fmt: skip


def read_markdown(text):
    blocks, stack = [], []  # `stack` holds the open lists and items
    for token in _markdown.parse(UNPRINTABLE.sub("", text)):
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                made = ListOf(token.type == "ordered_list_open", [])
                (stack[-1].lists if stack else blocks).append(made)
                stack.append(made)
            case "list_item_open":
                stack[-1].items.append(Item([]))
                stack.append(stack[-1].items[-1])
            case "bullet_list_close" | "ordered_list_close" | "list_item_close":
                stack.pop()
            case "heading_open":
                heading = True
            case "paragraph_open":
                heading = False
            case "inline":
                runs = _runs_of(token.children)
                if stack:
                    stack[-1].runs += [Run("\n"), *runs] if stack[-1].runs else runs
                else:
                    blocks.append((Heading if heading else Paragraph)(runs))
    return tidy(blocks)


def _runs_of(tokens):
    runs, style = [], Run("")
    for token in tokens:
        match token.type:
            case "strong_open" | "strong_close":
                style = replace(style, bold=token.type == "strong_open")
            case "em_open" | "em_close":
                style = replace(style, italic=token.type == "em_open")
            case "link_open":
                style = replace(style, link=token.attrGet("href"))
            case "link_close":
                style = replace(style, link="")
            case "hardbreak":
                runs.append(replace(style, text="\n"))
            case "softbreak":
                runs.append(replace(style, text=" "))
            case _:
                runs.append(replace(style, text=token.content))
    return runs


def write_markdown(blocks):
    return "\n\n".join(_block_to_markdown(block) for block in blocks)


def _block_to_markdown(block, indent=""):
    if isinstance(block, ListOf):
        lines = []
        for number, item in enumerate(block.items, start=1):
            marker = f"{number}. " if block.ordered else "- "
            inner = indent + " " * len(marker)
            words = _runs_to_markdown(item.runs).replace("\n", "\n" + inner)
            lines.append(indent + marker + words)
            lines += [_block_to_markdown(nested, inner) for nested in item.lists]
        return "\n".join(lines)
    if isinstance(block, Paragraph):
        return _runs_to_markdown(block.runs)
    words = _runs_to_markdown(block.runs, begins_line=False)
    # Trailing hashes would close the heading.
    return "### " + re.sub(r"(?:^|(?<= ))(?=#+$)", r"\\", words)


def _runs_to_markdown(runs, *, begins_line=True):
    escaped = _with_escaped_starts if begins_line else str
    text = escaped(_emphasised(runs, r"\s"))
    if _letters(_parsed(text)) == _letters(runs):
        return text
    words = "".join(run.text for run in runs)
    narrower = _parsed(escaped(_emphasised(runs, r"\s\W")))
    if "".join(run.text for run in narrower) != words or _letters(narrower) == _letters(runs):
        narrower = [replace(run, bold=False, italic=False) for run in runs]
    return escaped(_emphasised(tidy_runs(narrower), r"\s"))


def _with_escaped_starts(text):
    return _LINE_STARTS.sub(lambda m: (m.group(1) or "") + "\\", text)


def _parsed(text):
    return _runs_of(_markdown.parseInline(text)[0].children)


def _letters(runs):
    return [replace(run, text=letter) for run in runs for letter in run.text if letter.strip()]


def _emphasised(runs, edge):
    text, index = "", 0
    while index < len(runs):
        reach = {
            style: _reach(runs, index, style) for style in ("link", "bold", "italic") if getattr(runs[index], style)
        }
        if not reach:
            text += _escaped(runs[index].text)
            index += 1
            continue
        style = max(reach, key=reach.get)
        inside = [replace(run, **{style: "" if style == "link" else False}) for run in runs[index : reach[style]]]
        if style == "link":
            text += _link(_emphasised(inside, edge), runs[index].link)
        else:
            marker = "**" if style == "bold" else "*"
            before, core, after = re.fullmatch(
                rf"([{edge}]*)(.*?)([{edge}]*)", _emphasised(inside, edge), re.DOTALL
            ).groups()
            text += f"{before}{marker}{core}{marker}{after}" if core else before + after
        index = reach[style]
    return text


def _reach(runs, index, style):
    end, value = index, getattr(runs[index], style)
    while end < len(runs) and getattr(runs[end], style) == value:
        end += 1
    return end


def _link(words, target):
    depth = 0
    for bracket in re.findall(r"\\.|[\[\]]", words, re.DOTALL):
        depth += {"[": 1, "]": -1}.get(bracket, 0)
        if depth < 0:
            break
    if depth:
        words = re.sub(r"\\.|([\[\]])", lambda m: "\\" + m[1] if m[1] else m[0], words, flags=re.DOTALL)
    target = f"<{target}>" if re.search(r"[()\s]", target) else target
    return f"[{words}]({target})"


def _escaped(text):
    text = text.replace("\\", "\\\\")
    text = re.sub(r"\*|(?<![^\W_])_|_(?![^\W_])", r"\\\g<0>", text)
    return text.replace("](", "]\\(").replace("\n", "\\\n")
