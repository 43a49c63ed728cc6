"""Judges what ipaddress-answers.mjs prints by Python's own ipaddress; the least number of pairs is the argument."""

import sys
from ipaddress import collapse_addresses, ip_network


def read(text):
    return ip_network(text, strict=False)


def wrong(asked, permitted, covered, uncovered):
    """What is wrong with an answer, or nothing."""
    if any(asked.subnet_of(each) for each in permitted) != covered:
        return "covered" if covered else "not covered"
    if covered:
        return ""
    if uncovered != list(collapse_addresses(uncovered)):
        return "not the fewest CIDRs"
    if not all(each.subnet_of(asked) for each in uncovered):
        return "uncovered CIDRs beyond what was asked"
    inside = [each for each in permitted if each.subnet_of(asked)]
    if any(each.overlaps(other) for each in uncovered for other in inside):
        return "uncovered CIDRs that are permitted"
    if sum(each.num_addresses for each in uncovered + inside) != asked.num_addresses:
        return "uncovered CIDRs are missing"
    return ""


counts = {True: 0, False: 0}
for line in sys.stdin:
    permitted_text, answers = line.rstrip("\n").split("\t")
    permitted = list(collapse_addresses(map(read, filter(None, permitted_text.split(",")))))
    for answer in answers.split(";"):
        text, said = answer.split("=")
        covered, *uncovered = said.split(",")
        problem = wrong(read(text), permitted, covered == "1", [read(each) for each in uncovered])
        if problem:
            sys.exit(f"{text} of {permitted_text}: ipaddress does not agree: {problem} ({said})")
        counts[covered == "1"] += 1

total = sum(counts.values())
print(f"{total} pairs, {counts[True]} covered and {counts[False]} not: Python's ipaddress agrees on each")
# Were one answer rare, agreeing would say little.
if total < int(sys.argv[1]) or min(counts.values()) < total / 5:
    sys.exit("too few pairs, or too few of one kind")
