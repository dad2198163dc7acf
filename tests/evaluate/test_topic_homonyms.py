"""Words that papers of one field use with another field's meaning, with the reference as it is."""

import polars as pl
import pytest

from pipeline.evaluate.topics import reference_table, tag_records

# Title, abstract, a topic the paper is not of, and one it is of.
HOMONYMS = {
    "the router of experts": (
        "Balanced Mixture of Experts",
        "Our router spreads tokens over experts. A router with load balancing keeps every expert "
        "busy; load balancing of experts is learned.",
        {"internet_architecture", "resource_scheduling"},
        "mixture_of_experts",
    ),
    "the memory of agents": (
        "Agent Memory for Long Conversations",
        "A memory system lets LLM agents recall. The memory system has a memory hierarchy, and "
        "its memory model is a persistent memory of episodes; the memory model is updated.",
        {"processor_design", "storage_devices", "concurrency"},
        "agent_memory",
    ),
    "diffusion of data": (
        "A Diffusion Model with Fewer Steps",
        "The diffusion process of a generative diffusion model is shortened. We invert the "
        "diffusion process.",
        {"social_network_analysis"},
        "diffusion_models",
    ),
    "problems that stem from": (
        "Machine Translation under Domain Shift",
        "Errors stemming from the extractor of features, and errors stemming from noise.",
        {"morphology", "computational_complexity"},
        "machine_translation",
    ),
    "identifying code": (
        "Identifying Code Smells in Python Projects",
        "Identifying code smells helps software maintenance.",
        {"graph_coloring_and_domination"},
        "software_quality",
    ),
    "natural language inference": (
        "Natural Language Inference with Less Data",
        "Natural language inference is a task; we improve natural language inference.",
        {"weighted_automata"},
        "natural_language_inference",
    ),
    "word problems of school": (
        "Solving Math Word Problems with Language Models",
        "A math word problem is a word problem in plain English.",
        {"theory_of_computation"},
        "mathematical_reasoning",
    ),
}


@pytest.mark.parametrize("case", HOMONYMS)
def test_a_word_with_another_meaning_names_no_topic(case):
    title, abstract, not_of, of = HOMONYMS[case]
    topics = topics_of(title, abstract)
    assert not topics & not_of
    assert of in topics


TRADES = {
    "internet_architecture": (
        "A Router for Congested Networks",
        "The router forwards packets; routing protocols and packet loss on the Internet.",
    ),
    "processor_design": (
        "A Memory System for Multicore Processors",
        "The memory system serves cores over DRAM, with prefetching and a cache hierarchy.",
    ),
    "evaluation_and_benchmarks": (
        "QuizBench: A Benchmark for Planning with Machine Learning",
        "We present a benchmark of machine learning systems.",
    ),
    "topological_data_analysis": (
        "Persistence Landscapes of Brain Signals",
        "Persistence landscapes summarize persistent homology.",
    ),
    "morphology": (
        "A Stemming Algorithm for Swahili",
        "The stemming algorithm splits words into morphemes.",
    ),
    "online_and_streaming_algorithms": (
        "Online Algorithms with a Better Competitive Ratio",
        "In the random order model the competitive ratio improves.",
    ),
}


@pytest.mark.parametrize("topic", TRADES)
def test_the_same_words_name_the_topic_in_papers_of_their_own_trade(topic):
    assert topic in topics_of(*TRADES[topic])


def topics_of(title: str, abstract: str) -> set[str]:
    columns = {"title": title, "abstract": abstract, "primary_category": None}
    paper = pl.DataFrame([{"paper_id": "p", **columns}]).cast(pl.String)
    weights = reference_table("topic_phrase_weights")
    no_words = reference_table("topic_words").clear()
    return set(tag_records(paper, weights, no_words)["topic_id"])
