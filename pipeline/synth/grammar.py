"""Titles and abstracts: English sentences from patterns of our own, filled with a subject's words.

What belongs here: patterns and general words. What does not: subjects (`subjects`), what a site
makes of a title (`sightings`).

Vocabulary grows with the number of papers, as in real text: methods bear coined names, bounds and
data sets those of people and places.
"""

from random import Random

from pipeline.synth.names import coined_family
from pipeline.synth.subjects import Subject


def _split(words: str) -> tuple[str, ...]:
    return tuple(words.strip().replace("\n", "|").split("|"))


_KINDS = _split("""
robust|sparse|hierarchical|calibrated|modular|lightweight|certified|interpretable|asynchronous
adaptive|scalable|frugal|composable|self-tuning|noise-aware|memory-efficient|data-efficient|online
sample-efficient|risk-averse|structure-aware|symmetric|incremental|multi-scale|budgeted|lazy
distribution-free|low-rank|entropy-aware|uncertainty-aware|locally private|permutation-invariant
hardware-aware|cost-sensitive|order-preserving|randomised|anytime|two-stage|label-free|deterministic
""")
_ACTS = _split("""
Rethinking|Understanding|Scaling|Probing|Calibrating|Bounding|Repairing|Simplifying|Stress-Testing
Revisiting|Unifying|Compressing|Auditing|Explaining|Accelerating|Benchmarking|Regularising|Mapping
""")
_HEADS = _split(
    "Loom|Quilt|Tide|Delve|Anchor|Owl|Cascade|Swift|Fold|Hexa|Orca|Strata|Birch|Ember"
    "|Marlin|Pebble|Lantern|Saffron|Tundra|Velvet|Willow|Zephyr|Cobalt|Drift|Falcon"
    "|Granite|Harbor|Ivory|Juniper|Kestrel|Lumen|Mosaic|Nimbus|Opal|Prism|Quartz|Raven"
)
_TAILS = _split(
    "Net|Former|Bench|Flow|Tree|Kit|Search|Mix|Gate|Path|Cast|Link|Prune|Rank|Sketch"
    "|Trace|Weave|Lab|Span|Graph|Seal|Walk|Tune|Forge|Grid|Lens|Port|Step|Ward|Yard"
)
_BOUNDS = _split("inequality|bound|condition|estimator|test|kernel|criterion|relaxation|index")
_STYLES = _split(
    "A Case Study|An Empirical Study|Theory and Practice|Lessons Learned|A Survey"
    "|A Simple Baseline|Limits and Remedies|A Unified View|First Results|A Field Report"
)

_TITLES = _split("""
{short}: {Kind} {Things} for {Goal}
{short}: {Act} {Things} with {Kind2} {Parts}
{short}: {Act} {Parts} in {Things}
{Kind} {Things} via {Family} {Bound}s
{Kind} and {Kind2} {Things} for {Goal}
{Act} {Things} for {Goal} with {Kind} {Parts}
{Act} {Parts} of {Kind} {Things}: {Style}
How {Kind} Are {Things}? Evidence from {Goal}
Do {Things} Need {Kind} {Parts}?
From {Parts} to {Parts2}: {Kind} {Things} for {Goal}
On the {Family} {Bound} for {Kind} {Things}
{Things} under {Kind} {Parts}: {Style}
Towards {Kind} {Goal}: {Things} Meet {Parts}
{Kind} {Parts} Make {Kind2} {Things}
{n} Years of {Things}: {Style} on {Goal}
Learning {Kind} {Parts} for {Goal} with {Things}
""")
_SENTENCES = _split("""
We study {things} for {goal} and show where the usual assumptions about {parts} break down.
Despite steady progress, {goal} remains hard: {parts} are few, noisy and costly to collect.
In this work we introduce {short}, which is {kind} and brings {parts} and {parts2} together.
Our key observation is that {parts}, while unreliable one by one, still order candidates correctly.
On {n} data sets {short} improves over the strongest baseline by {x} percent at a lower cost.
Existing approaches treat {parts} as given; we let {kind} rules decide which of them to keep.
A study with {n} practitioners from {family} shows that {goal} is limited by {parts}, not by models.
We prove a {family} {bound} for {kind} {things} and show that it cannot be improved in general.
The proof rests on a {family} {bound}, which relates {parts} to {parts2} in {n2} lines.
Ablations reveal that {parts} matter more than {parts2}, and that {kind} variants lose little.
Most of the gain comes from {kind} {parts}, which earlier work on {goal} had left aside.
Surprisingly, well-tuned {things} match far larger systems once {parts} are {kind}.
We release {short} together with {n} hours of annotated {parts} collected in {family2}.
Experiments on the {family2} benchmark confirm that {kind} {things} degrade gracefully.
Training takes {n2} minutes on a single machine, {x2} percent less than for comparable {things}.
Finally, we discuss failure modes of {things}, among them drifting {parts} and missing {parts2}.
Our analysis separates what {things} learn about {goal} from what {parts} merely repeat.
When {parts} are scarce, {kind} priors over {parts2} close most of the remaining gap.
A field trial in {family2} over {n2} weeks supports the laboratory results for {goal}.
The approach needs no {parts2} at run time and adds {x2} percent to the cost of {goal}.
Unlike earlier {things}, ours stay {kind} when {parts} arrive late or in another order.
The algorithm is {kind}, and its error falls with the number of {parts}, up to {family} factors.
Three questions guide the evaluation: are {things} {kind}, do {parts} help, and what does it cost?
Code and {parts} are available, so that others can repeat all {n2} experiments on {goal}.
""")
_LEAST_SENTENCES, _MOST_SENTENCES = 5, 9
_STRIDES = (1, 3, 5, 7, 9)  # without a factor in common with the number of sentences below
_OPENINGS, _OTHERS = _SENTENCES[:2], _SENTENCES[2:] * 2
_SMALL = frozenset(
    ("and", "for", "of", "in", "with", "via", "over", "under", "on", "to", "a", "the")
)


class _Titled(dict[str, str]):
    """Phrases in capitals, as in titles."""

    def __missing__(self, phrase: str) -> str:
        shown = " ".join(
            word if word in _SMALL else "-".join(map(_capital, word.split("-")))
            for word in phrase.split(" ")
        )
        return self.setdefault(phrase, shown)


_titled = _Titled()


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]


def coined_method(draw: Random) -> str:
    """Return the name of a method, a benchmark or a system; millions are possible."""
    name = _HEADS[int(draw.random() * len(_HEADS))] + _TAILS[int(draw.random() * len(_TAILS))]
    chance = draw.random()
    if chance < 0.3:
        return f"{coined_family(draw)[:4]}{name}"
    if chance < 0.4:
        return f"{name}-{int(draw.random() * 9) + 2}"
    return name


Words = dict[str, str]


def draw_words(subject: Subject, draw: Random) -> Words:
    """Draw the words that one paper is made of."""
    chance = draw.random
    n_parts = len(subject.parts)
    one = int(chance() * n_parts)
    other = (one + 1 + int(chance() * (n_parts - 1))) % n_parts
    return {
        "short": coined_method(draw),
        "things": subject.things[int(chance() * len(subject.things))],
        "goal": subject.goals[int(chance() * len(subject.goals))],
        "parts": subject.parts[one],
        "parts2": subject.parts[other],
        "kind": _KINDS[int(chance() * len(_KINDS))],
        "kind2": _KINDS[int(chance() * len(_KINDS))],
        "family": coined_family(draw),
        "bound": _BOUNDS[int(chance() * len(_BOUNDS))],
        "n": str(3 + int(chance() * 57)),
    }


def make_title(words: Words, draw: Random) -> str:
    """Draw a title of these words.

    >>> from pipeline.synth.subjects import SUBJECTS
    >>> draw = Random(4)
    >>> make_title(draw_words(SUBJECTS[4], draw), draw)
    '15 Years of Stochastic Bandits: First Results on News Selection'
    """
    chance = draw.random
    return _TITLES[int(chance() * len(_TITLES))].format(
        short=words["short"],
        n=words["n"],
        Act=_ACTS[int(chance() * len(_ACTS))],
        Style=_STYLES[int(chance() * len(_STYLES))],
        Things=_titled[words["things"]],
        Goal=_titled[words["goal"]],
        Parts=_titled[words["parts"]],
        Parts2=_titled[words["parts2"]],
        Kind=_titled[words["kind"]],
        Kind2=_titled[words["kind2"]],
        Family=words["family"],
        Bound=_titled[words["bound"]],
    )


def make_abstract(words: Words, draw: Random) -> str:
    """Draw an abstract, in which the words of the title return.

    >>> from pipeline.synth.subjects import SUBJECTS
    >>> draw = Random(4)
    >>> words = draw_words(SUBJECTS[4], draw)
    >>> words["things"] in make_abstract(words, draw)
    True
    """
    chance = draw.random
    n = _LEAST_SENTENCES + int(chance() * (_MOST_SENTENCES - _LEAST_SENTENCES))
    at, stride = int(chance() * len(_OTHERS) / 2), _STRIDES[int(chance() * len(_STRIDES))]
    places = [(at + stride * k) % len(_OTHERS) for k in range(n)]
    pattern = " ".join([_OPENINGS[chance() < 0.5], *[_OTHERS[place] for place in places]])
    return pattern.format(
        **words,
        family2=coined_family(draw),
        n2=str(3 + int(chance() * 57)),
        x=f"{1 + 58 * chance():.1f}",
        x2=f"{1 + 58 * chance():.1f}",
    )
