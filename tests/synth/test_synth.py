"""Made-up pages: what is read from them is what the truth says, and the seed alone decides it."""

import hashlib
import tracemalloc
from collections import Counter, defaultdict

import polars as pl
import pytest
from helpers import ROOT, papermart

from pipeline.builds.run import build
from pipeline.contract.errors import PipelineError
from pipeline.extraction.dump_files import find_dumps
from pipeline.extraction.reading import extract_dump
from pipeline.storage.warehouse import Warehouse
from pipeline.synth.plan import LAYOUTS, Plan
from pipeline.synth.subjects import SUBJECTS
from pipeline.synth.world import Order, World
from pipeline.synth.write import MOST, write

RECORDS, SEED = 1_000, 7
FORMS = sorted({(layout.site, layout.form) for layout in LAYOUTS})


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A small collection, made once."""
    return write(tmp_path_factory.mktemp("made") / "made", RECORDS, SEED, 1)


@pytest.fixture(scope="module")
def truth(made):
    return {file.stem: pl.read_parquet(file) for file in made.truth.glob("*.parquet")}


@pytest.fixture(scope="module")
def read(made):
    """What the product reads from each page, by its path."""
    return {file.path: extract_dump(made.pages, file) for file in find_dumps(made.pages)}


# ---------------------------------------------------------------- pages


@pytest.mark.parametrize(("site", "form"), FORMS, ids=["/".join(form) for form in FORMS])
def test_a_page_is_read_back_to_its_truth(site, form, truth, read):
    shown = truth["sightings"].filter(source=site, form=form)
    assert len(shown) > 0
    for (page,), cards in shown.group_by("page", maintain_order=True):
        found = read[page]
        assert not found.held
        assert not found.issues
        assert {source for source, _ in found.origins} == {site}
        assert [_facts(record, form) for record in found.records] == [
            (
                *(card["title"], card["authors"], card["n_authors_total"], card["year"]),
                *(card["published_date"], card["arxiv_id"], card["doi"], card["n_abstract_chars"]),
            )
            for card in cards.sort("position").iter_rows(named=True)
        ]


def _facts(record, form):
    # Of abstracts that begin only, the truth says nothing.
    is_preview = record.arxiv_id is not None and form == "spaced" and record.published_date
    n_chars = len(record.abstract) if record.abstract and not is_preview else None
    return (
        *(record.title, [author.name for author in record.authors], record.n_authors_total),
        *(record.year, record.published_date, record.arxiv_id, record.doi, n_chars),
    )


def test_the_first_turn_has_every_site_the_product_reads():
    from pipeline.sources.registry import own_sources

    assert {site for site, _ in FORMS} == set(own_sources())


# ---------------------------------------------------------------- the seed


def _digests(folder):
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return {
        file.relative_to(folder): hashlib.sha256(file.read_bytes()).hexdigest() for file in files
    }


def test_the_same_seed_gives_the_same_files_whatever_the_number_of_processes(tmp_path, made):
    write(tmp_path / "again", RECORDS, SEED, 2)
    assert _digests(tmp_path / "again") == _digests(made.pages.parent)


def test_another_seed_gives_other_papers(tmp_path, truth):
    other = write(tmp_path / "other", RECORDS, SEED + 1, 1)
    titles = pl.read_parquet(other.truth / "papers.parquet")["title"]
    assert len(set(titles) & set(truth["papers"]["title"])) < len(titles) / 20


# ---------------------------------------------------------------- size


@pytest.mark.parametrize("n_records", [1, 19, 20, 21, 713, 2_000])
def test_pages_have_as_many_records_as_were_asked_for(n_records):
    plan = Plan(SEED, n_records)
    pages = [plan.page(number) for number in range(plan.n_pages)]
    assert sum(len(page.sightings) for page in pages) == n_records
    seen = Counter(one.paper.number for page in pages for one in page.sightings)
    assert seen == {n: plan.n_sightings(n) for n in range(plan.world.n_papers) if n in seen}
    assert not any(plan.n_sightings(n) for n in range(plan.world.n_papers) if n not in seen)


def test_a_page_of_the_largest_collection_takes_no_more_memory_than_one_of_a_small_one():
    peaks = []
    for n_records in (RECORDS, MOST):
        Plan(SEED, n_records).page(5)  # words are laid out once
        tracemalloc.start()
        plan = Plan(SEED, n_records)
        plan.page(plan.n_pages - 2)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 2 * peaks[0] + 1_000_000


def test_no_two_papers_of_the_largest_collection_share_an_identifier():
    world = World(SEED, MOST)
    of_months = [column[-1] for column in world._before]
    assert sum(of_months) == world.n_papers
    assert max(of_months) < 100_000  # five digits
    small = World(SEED, RECORDS)
    ids = [small.paper(number, with_abstract=False).arxiv_id for number in range(small.n_papers)]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("size", [1, 2, 20, 97, 1_000])
def test_an_order_has_every_number_once_and_knows_its_place(size):
    order = Order(size, 0.618)
    shown = [order.at(place) for place in range(size)]
    assert sorted(shown) == list(range(size))
    assert [order.place(number) for number in shown] == list(range(size))


# ---------------------------------------------------------------- truth


def test_the_truth_hangs_together(truth):
    papers, sightings = truth["papers"], truth["sightings"]
    counts = dict(sightings.group_by("paper_id").len().iter_rows())
    assert dict(papers.select("paper_id", "n_sightings").iter_rows()) == counts
    named = truth["authorships"].join(truth["people"], on="person_id", how="left")
    assert named["family"].null_count() == 0
    people = dict(papers.select("paper_id", "person_ids").iter_rows())
    assert all(
        person in people[paper]
        for paper, person in named.select("paper_id", "person_id").iter_rows()
    )
    shown = defaultdict(list)
    for row in truth["authorships"].sort("page", "position", "author_order").iter_rows(named=True):
        shown[row["page"], row["position"]].append(row["spelling"])
    for card in sightings.iter_rows(named=True):
        assert shown.get((card["page"], card["position"]), []) == card["authors"]


def test_papers_differ_from_page_to_page_as_they_do_in_life(truth):
    seen = truth["sightings"].join(truth["papers"], on="paper_id", suffix="_of_paper")
    assert 0.03 < (seen["title"] != seen["title_of_paper"]).mean() < 0.2
    assert (seen["authors"].list.len() < seen["authors_of_paper"].list.len()).any()
    assert truth["papers"]["n_sightings"].max() >= 4
    named = truth["authorships"].join(truth["people"], on="person_id")
    spellings = named.group_by("person_id").agg(n=pl.col("spelling").n_unique())
    assert (spellings["n"] > 1).sum() > 20
    namesakes = truth["people"].group_by("name").len()
    assert (namesakes["len"] > 1).sum() > 3


def test_topics_are_those_of_the_product_and_grow_or_shrink_as_the_truth_says(truth):
    reference = pl.read_csv(ROOT / "sql" / "reference" / "topics.csv")
    known = dict(reference.select("topic_id", "topic").iter_rows())
    assert {one.topic_id: one.topic for one in SUBJECTS}.items() <= known.items()
    large = {}
    for subject, year, n in World(SEED, 1_000_000).yearly_counts():
        large.setdefault(year, {})[subject.topic_id] = n
    first, last = (
        {topic: n / sum(large[year].values()) for topic, n in large[year].items()}
        for year in (2010, 2025)
    )
    # Each year's shares: the faster a subject grows, the more its share does.
    ratios = [(one.growth, last[one.topic_id] / first[one.topic_id]) for one in SUBJECTS]
    for growth, ratio in ratios:
        assert all(ratio < more for faster, more in ratios if faster > 1.1 * growth)
    assert min(ratio for _, ratio in ratios) < 0.5
    assert max(ratio for _, ratio in ratios) > 2
    assert (
        truth["topic_years"]
        .group_by("year")
        .agg(pl.col("share").sum())["share"]
        .is_between(0.999, 1.001)
        .all()
    )


# ---------------------------------------------------------------- the command


def test_the_command_refuses_a_folder_that_holds_anything(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    done = papermart("synth", tmp_path, "--records", "10")
    assert done.returncode == 1
    assert "is not empty" in done.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("n_records", [0, MOST + 1])
def test_the_number_of_records_has_limits(tmp_path, n_records):
    with pytest.raises(PipelineError, match="20,000,000"):
        write(tmp_path / "made", n_records, SEED)
    assert not (tmp_path / "made").exists()


def test_the_command_says_what_it_made_and_what_comes_next(tmp_path):
    done = papermart("synth", tmp_path / "made", "--records", "60")
    assert done.returncode == 0
    assert "3 pages with 60 records of" in done.stdout
    assert "papermart build --raw" in done.stdout


# ---------------------------------------------------------------- a build


@pytest.mark.slow
def test_a_build_links_the_papers_and_finds_their_topics(tmp_path, made, truth):
    house = Warehouse(tmp_path / "warehouse")
    build(made.pages, house)

    def table(name):
        return pl.read_parquet(house.root / "tables" / name / "*.parquet")

    cards = (
        table("staging/records")
        .join(table("raw/dumps").select("dump_id", page="path"), on="dump_id")
        .join(table("linkage/clusters"), on="record_id")
        .select("record_id", "page", "cluster_id", position="record_index")
        .join(truth["sightings"].select("page", "position", "paper_id"), on=["page", "position"])
    )
    assert len(cards) == RECORDS

    def pairs(*keys):
        return int(
            cards.group_by(*keys).len().select(n=pl.col("len") * (pl.col("len") - 1))["n"].sum()
        )

    both = pairs("paper_id", "cluster_id")
    assert both / pairs("cluster_id") > 0.99  # precision
    assert both / pairs("paper_id") > 0.98  # recall
    topics = table("marts/paper_topics").select("paper_id", "topic_id", is_found=True)
    tagged = (
        cards.select("record_id", truth_id="paper_id")
        .join(table("marts/paper_records").select("record_id", "paper_id"), on="record_id")
        .join(truth["papers"].explode("topic_ids"), left_on="truth_id", right_on="paper_id")
        .unique(["paper_id", "topic_ids"])
        .join(
            topics, left_on=["paper_id", "topic_ids"], right_on=["paper_id", "topic_id"], how="left"
        )
    )
    assert tagged["is_found"].is_not_null().mean() > 0.93
