"""Made-up papers that look real: titles, names, abstracts, dates, each drawn from a seed.

What belongs here: the facts. What does not: the pages that show them (`made_pages`),
plainer papers in any number (`pipeline.synth`).

They hold what makes saved pages hard to read: titles with commas, colons, questions, TeX, digits,
brackets, small letters first, signs of Markdown, words at the end that look like names; names with
particles, initials, hyphens, one word, other scripts; groups; long lists; missing abstracts;
sentences that begin like a mark of some layout.
"""

import random
from dataclasses import replace
from datetime import date, timedelta

from pipeline.synth.cards import Card


def _split(words: str) -> list[str]:
    """Return what stands between bars and line ends."""
    return words.strip().replace("\n", "|").split("|")


_THINGS = _split("""
graph transformers|sparse autoencoders|low-rank adapters|bandit algorithms|tidal streams
quantum error correction|masked diffusion models|protein language models|speech codecs
elliptic curves|topological insulators|retrieval-augmented generation|federated optimisation
point clouds|gravitational lenses|contextual embeddings|Markov chains|wireless sensor networks
program synthesis|weakly supervised segmentation|mean-field games|active matter
self-play|knowledge graphs|spiking neural networks|time-series foundation models
multi-agent debate|neutrino oscillations|causal discovery|code review bots
reinforcement learning from human feedback|vision-language models|hyperbolic surfaces
""")
_GOALS = _split("""
long-horizon planning|low-resource translation|cold-start recommendation
out-of-distribution detection|medical image registration|robust pricing|rare-event simulation
energy-efficient inference|legal question answering|real-time rendering|crop-yield forecasting
safe exploration|dark-matter searches|fair ranking|single-cell analysis|grid congestion
open-ended tutoring|tabular data|non-stationary rewards|edge devices|clinical notes
traffic control|automated theorem proving|sign-language recognition
""")
_VERBS = _split("Learning|Rethinking|Understanding|Scaling|Probing|Calibrating|Bounding|Repairing")
_SHORT = _split("""
LoomNet|QuiltFormer|pyTides|MIRAGE++|DELVE-2|K-Anchor|TinyOwl|CascadeRAG|R3-Bench|vop_kit
SwiftSeal|Mini-FOLD|GLASS|HexaPlan|N2N-Flow|OrcaTrace|EXplore-It|StrataLM|ZigZag|BIRCH*
""")
_SYMBOLS = _split(r"""
$\ell_1$|$O(n \log n)$|$\mathbb{Z}_2$|$\alpha$-stable|$k$-partite|$\mathcal{N}=4$
$L^p$|$\epsilon$-greedy|$J/\psi$|$\mathrm{SU}(3)$|$x_i^*$
""")
_PLACES = _split("Lagos|the Upper Rhine|Kyoto|rural Peru|the Baltic Sea|Flanders|Mars")
_CAMELS = _split("DuckDB|OpenLoom|PyTorch|McNemar")

_GIVEN = _split("""
Amara|Bohdan|Chinwe|Dilnoza|Esra|Fionn|Giulia|Hadar|Ingrid|Jorge|Kaito|Leila|Maëlle
Ngozi|Oluwaseun|Priya|Quentin|Rasmus|Sólveig|Tomás|Uxue|Vikram|Wiebke|Xochitl|Yusuf|Zofia
Jean-Luc|Min-ji|Anne Sophie|Xiaoqing|Yu-Hsuan|Li|Wei|Jun
""")
_FAMILY = _split("""
Adeyemi|Bergström|Castellanos|Dvořák|Eriksen|Farahani|Grünwald|Hashimoto|Ito|Jankowski
Kowalczyk|Lindqvist|McAllister|Nakamura|O'Sullivan|Papadopoulos|Quispe|Rossi|Szabó|Thorvaldsen
Ueda|Vasquez|Wójcik|Xu|Yıldız|Zhang|Chen|Li|Smith-Jones|D'Angelo|Nguyen|Le Goff|MacDougall
Ng|Ó Briain|Park|Singh|Wang|Ferreira
""")
_PARTICLES = _split("van der|de la|von|al|dos|El|ten|della")
_ODD_NAMES = _split("""
W. -X. Zhao|S. Priyadarshini|Suharto|bell marks|陈晓明|김민수|K. P. O'Neill|J.-P. Martel
Ana M. de Souza Lima Jr.|Robert H. Farrow III|N'Golo Traoré|Yen-Hao|Md. Rahim Uddin
Sam T. P. Van Den Broeck|R. Ünal|Ye|Mihai-Răzvan Ionescu-Popa|Ph. Dubois
""")
_GROUPS = _split("""
the HELIX Working Group|NOVA-X Collaboration|OpenLoom Team|The Tern Consortium
DeepRiver-AI|Seedling Research
""")

_CATEGORIES = _split("""
cs.CL|cs.LG|cs.CV|cs.AI|cs.RO|cs.CR|cs.DC|cs.SE|cs.IT|stat.ML|math.OC|math.NT|quant-ph|hep-ph
astro-ph.GA|cond-mat.stat-mech|eess.AS|q-bio.QM|physics.flu-dyn|econ.EM
""")

_SENTENCES = _split(r"""
We study {thing} for {goal} and show where the usual assumptions break down.
Despite rapid progress, {goal} remains hard: models must generalise from few, noisy examples.
In this paper, we introduce {short}, a simple, modular method that unites {thing} with {thing2}.
Our key observation is that {symbol} bounds, while loose, still order the candidates correctly.
Across {n} benchmarks, {short} improves over strong baselines by {x}% at {y}x lower cost.
Existing approaches (i) ignore uncertainty, (ii) need labels, and (iii) stop at {n} items.
Submitted systems from {n} teams are compared in a blind, pre-registered evaluation.
Abstract models of {goal} are rarely tested against data; we close this gap.
Less is more: pruning {x}% of the training set leaves accuracy within a standard error.
Comments from practitioners suggest that {goal} is limited by data, not by models.
"What works in the lab" often fails in {place}, as our {n}-month field study shows.
We prove that the sample complexity is $O(\sqrt{d} \log(1/\delta))$, optimal up to constants.
Code, data and a state-of-the-art checkpoint are available at https://example.org/{slug}.
To the best of our knowledge, this is the first large-scale analysis of {thing} in {place}.
The pre- and post-treatment differences are small (p < 0.0{n}), yet they persist for years.
Surprisingly, well-tuned {thing2} match or exceed far larger end-to-end systems.
Finally, we discuss failure modes, e.g. spurious correlations, and how to detect them early.
Our results question the wisdom that {thing} need more parameters; they need better ones.
""")
_COMMENTS = _split("""
12 pages, 5 figures|Accepted at a workshop, 9 pages; code available|Extended version
Comments are welcome! 31 pages|To appear in the proceedings of a small conference, 2025
7 figures, submitted to a journal
""")


def make_papers(seed: str, n: int) -> list[Card]:
    """Return papers, the same for the same seed, no two with one title.

    >>> make_papers("a", 3) == make_papers("a", 3)
    True
    """
    draw = random.Random(seed)
    papers: dict[str, Card] = {}
    while len(papers) < n:
        paper = _paper(draw)
        papers.setdefault(paper.title, paper)
    return list(papers.values())


def without_tex(paper: Card) -> Card:
    """Return the paper as a page shows it that loses backslashes, as Hugging Face's search does."""
    abstract = paper.abstract.replace("\\", "") if paper.abstract else None
    return replace(paper, title=paper.title.replace("\\", ""), abstract=abstract)


def _paper(draw: random.Random) -> Card:
    published = date(2023, 1, 2) + timedelta(days=draw.randrange(1100))
    later = published + timedelta(days=draw.randrange(5, 300))
    authors = _authors(draw)
    first, *others = draw.sample(_CATEGORIES, draw.choice((1, 1, 2, 2, 3, 4)))
    title = _title(draw)
    return Card(
        title,
        authors,
        draw.randrange(2, 400) if len(authors) == 25 else 0,
        _abstract(draw) if draw.random() > 0.02 else None,
        published,
        later if draw.random() < 0.3 else published,
        f"{published:%y%m}.{draw.randrange(20000):05d}",
        (first, *others),
        draw.choice(_COMMENTS) if draw.random() < 0.5 else None,
        venue=f"{('NeurIPS', 'ICML', 'AAAI', 'ICLR')[len(title) % 4]} Conference",
        slugs=("mit", "pku") if len(title) % 3 == 0 else (),
    )


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _headline(draw: random.Random, text: str) -> str:
    """Return words as titles write them: mostly with capitals, sometimes as a sentence."""
    if draw.random() < 0.3:
        return text
    small = {"from", "in", "of", "for", "with", "and", "by", "the", "on"}
    return " ".join(word if word in small else _capital(word) for word in text.split())


def _title(draw: random.Random) -> str:
    thing, thing2, thing3 = (_headline(draw, one) for one in draw.sample(_THINGS, 3))
    goal, goal2 = (_headline(draw, one) for one in draw.sample(_GOALS, 2))
    short, verb, symbol = draw.choice(_SHORT), draw.choice(_VERBS), draw.choice(_SYMBOLS)
    place, n = draw.choice(_PLACES), draw.randrange(2, 40)
    title = draw.choice((
        f"{short}: {verb} {thing} for {goal}",
        f"{short}: {verb} {thing} for {goal} with {thing2}, {thing3} and People in {place}",
        f"{verb} {thing}, {thing2}, and {thing3}: A Survey of {n} Years",
        f"{verb} {thing} via {thing2}",
        f"Do {thing} Help {goal}?",
        f"Are {thing} all you need? On {goal} and {goal2} without {thing2}",
        f"{symbol} bounds for {thing}",
        f"On {symbol} structures in {thing} and their use for {goal}",
        f"A note on {thing} (extended abstract)",
        f"$\\ell_2$-{verb.lower()} of {thing} with {symbol} noise",
        f"Quasi-{thing} and the pre- and post-{n} eras of {goal}",
        f"[Re] {verb} {thing} for {goal}",
        f"{n}D {thing} for {goal}",
        f"\"It depends\": {verb} {thing} in {place}",
        f"{_capital(goal)} in {place}: what {thing} can -- and cannot -- tell us",
        f"{_capital(thing)} & {thing2}; or, how {goal} was won",
        f"Towards {goal}: {thing} meet {thing2} in {short}",
        f"From {thing} to {thing2}: {verb} {goal} at {n}.{n % 10}x Lower Cost",
        f"{verb} the C++ back-end of {short} v{n}",
        f"Who Needs {thing}? A Case for {draw.choice(_CAMELS)}",
        f"The {n}th challenge on {goal}: overview, results, and lessons from {thing}, {n + 3} "
        f"teams, and {n * 7} submissions on {goal2}",
    ))  # fmt: skip
    return " ".join(title.split())


def _name(draw: random.Random) -> str:
    chance = draw.random()
    if chance < 0.06:
        return draw.choice(_ODD_NAMES)
    given, family = draw.choice(_GIVEN), draw.choice(_FAMILY)
    if chance < 0.12:
        return f"{given} {draw.choice(_PARTICLES)} {family}"
    if chance < 0.22:
        return f"{given} {draw.choice('ABCDEFGHJKLMNPRSTVWY')}. {family}"
    return f"{given} {family}"


def _authors(draw: random.Random) -> tuple[str, ...]:
    n = draw.choice((1, 1, 2, 2, 3, 3, 4, 4, 5, 6, 7, 9, 12, 17, 25))
    names = dict.fromkeys(_name(draw) for _ in range(2 * n))
    chosen = list(names)[:n]
    if draw.random() < 0.04:
        chosen.insert(0, draw.choice(_GROUPS))
    return tuple(chosen[:25])


def _abstract(draw: random.Random) -> str:
    sentences = draw.sample(_SENTENCES, draw.randrange(3, 10))
    return " ".join(_filled(draw, sentence) for sentence in sentences)


def _filled(draw: random.Random, sentence: str) -> str:
    thing, thing2 = draw.sample(_THINGS, 2)
    values = {
        "thing": thing,
        "thing2": thing2,
        "goal": draw.choice(_GOALS),
        "short": draw.choice(_SHORT),
        "symbol": draw.choice(_SYMBOLS),
        "place": draw.choice(_PLACES),
        "slug": draw.choice(_SHORT).lower().strip("+*"),
        "n": str(draw.randrange(2, 60)),
        "x": f"{draw.uniform(1, 60):.1f}",
        "y": str(draw.randrange(2, 9)),
    }
    for name, value in values.items():
        sentence = sentence.replace(f"{{{name}}}", value)
    return sentence
