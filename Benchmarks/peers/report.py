"""The table of figures and targets."""
import statistics
import sys

rows = []
IS_MARKDOWN = "--markdown" in sys.argv


def say(text):
    """Tells what goes on, beside the table."""
    print(f"peers: {text}", file=sys.stderr, flush=True)


def figure(name, ratios, target, is_held, detail):
    """A figure is the median of its rounds' ratios."""
    ratio = statistics.median(ratios)
    rounds = f"{min(ratios):.2f} to {max(ratios):.2f}"
    rows.append((name, target, f"{ratio:.2f} ({rounds})", detail,
                 "held" if is_held(ratio) else "missed"))
    say(f"{name}: {ratio:.2f} ({rounds}); {target}; {detail}; {rows[-1][-1]}")


def information(name, text, detail=""):
    rows.append((name, "", text, detail, ""))
    say(f"{name}: {text} {detail}")


def at_least(bound):
    return f"at least {bound:g}", lambda ratio: ratio >= bound


def at_most(bound, text=None):
    return text or f"at most {bound:g}", lambda ratio: ratio <= bound


def median(values):
    return statistics.median(values)


def table():
    head = ("figure", "target", "ratio, median (rounds)", "medians", "")
    if IS_MARKDOWN:
        lines = ["| " + " | ".join(row) + " |" for row in [head, *rows]]
        lines.insert(1, "|" + "---|" * len(head))
        return "\n".join(lines)
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    return "\n".join("  ".join(
        cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in [head, *rows])
