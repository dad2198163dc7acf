"""What papers are about: the subjects, each with its words and how it fares over the years.

What belongs here: vocabulary of each subject. What does not: sentences (`grammar`).

A subject is a topic of the product (`sql/reference/topics.csv`), under the same id and name; its
things are phrases that stand for the topic there.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subject:
    """A topic and its words.

    Attributes:
        topic_id: as in `reference.topics`.
        topic: its name there.
        category: the arXiv category of its papers.
        growth: by what factor its share of all papers changes from the first year to the last;
            1.0 for none.
        things: what papers study, in the plural, so that the topic can be told.
        parts: what it works with, in the plural.
        goals: what it is for, in the singular.
    """

    topic_id: str
    topic: str
    category: str
    growth: float
    things: tuple[str, ...]
    parts: tuple[str, ...]
    goals: tuple[str, ...]


def _subject(heading: str, things: str, parts: str, goals: str) -> Subject:
    topic_id, topic, category, growth = heading.split("|")
    words = (tuple(text.split("|")) for text in (things, parts, goals))
    return Subject(topic_id, topic, category, float(growth), *words)


SUBJECTS = (
    _subject(
        "retrieval_augmented_generation|Retrieval-augmented generation|cs.IR|6.0",
        "retrieval-augmented generation systems|retrieval-augmented language models|RAG pipelines"
        "|adaptive retrieval policies|retrieval-augmented assistants",
        "retrieved documents|evidence passages|citations|chunk boundaries|cached answers|sources",
        "grounded generation|help-desk support|knowledge-intensive dialogue|enterprise search"
        "|fact attribution",
    ),
    _subject(
        "diffusion_models|Diffusion models|cs.CV|5.0",
        "diffusion models|latent diffusion models|diffusion transformers|guided diffusion samplers"
        "|one-step diffusion models",
        "noise levels|denoising steps|latent codes|guidance scales|score estimates|masks",
        "image editing|texture synthesis|layout control|artifact removal|colour restoration",
    ),
    _subject(
        "quantization|Quantisation|cs.LG|3.0",
        "quantized networks|post-training quantization schemes|quantized language models"
        "|low-bit quantization methods|mixed-precision quantization rules",
        "weight groups|activation outliers|rounding errors|scale factors|bit widths",
        "on-device inference|memory-bound decoding|low-power deployment|fast serving",
    ),
    _subject(
        "federated_learning|Federated learning|cs.DC|3.0",
        "federated learning systems|personalized federated learners|vertical federated models"
        "|federated averaging schemes|hierarchical federated training runs",
        "local updates|silent clients|stragglers|aggregation weights|communication rounds|silos",
        "cross-hospital studies|keyboard prediction|fraud screening|fleet maintenance"
        "|private personalisation",
    ),
    _subject(
        "bandits|Bandits|stat.ML|1.0",
        "contextual bandits|linear bandits|dueling bandits|restless bandits|stochastic bandits",
        "arms|regret bounds|confidence sets|delayed rewards|exploration budgets|priors",
        "dose finding|ad placement|best-arm identification|news selection|adaptive trials",
    ),
    _subject(
        "continual_learning|Continual learning|cs.LG|2.0",
        "continual learners|class-incremental learning methods|lifelong learning systems"
        "|rehearsal-free continual models|continual pre-training recipes",
        "task boundaries|replay buffers|old classes|frozen layers|plasticity losses|adapters",
        "lifelong perception|catalogue growth|robot upkeep|seasonal adaptation",
    ),
    _subject(
        "dense_retrieval|Dense retrieval and reranking|cs.IR|2.0",
        "dense retrievers|neural rerankers|late-interaction models|cross-encoder rerankers"
        "|multi-vector retrieval models",
        "hard negatives|passage embeddings|query logs|candidate lists|index shards|teachers",
        "passage ranking|legal lookup|code search|product search|zero-shot retrieval",
    ),
    _subject(
        "summarization|Summarisation|cs.CL|1.0",
        "abstractive summarization models|query-focused summarization systems"
        "|multi-document summarization methods|meeting summarization tools"
        "|opinion summarization models",
        "reference summaries|salient sentences|speaker turns|headlines|redundant facts|outlines",
        "long reports|patient letters|court records|faithful digests|newsroom work",
    ),
    _subject(
        "machine_translation|Machine translation|cs.CL|0.6",
        "neural machine translation models|multilingual translation systems"
        "|document-level translation models|back-translation schemes|machine translation metrics",
        "parallel sentences|glossaries|subword units|language pairs|post-edits|word orders",
        "low-resource translation|subtitle work|terminology control|dialect transfer"
        "|quality estimation",
    ),
    _subject(
        "sequential_recommendation|Sequential and generative recommendation|cs.IR|2.5",
        "sequential recommenders|session-based recommendation models|generative recommenders"
        "|next-basket recommendation models|multi-interest recommendation methods",
        "click histories|item identifiers|short sessions|user interests|candidate pools",
        "playlist continuation|grocery reordering|cold catalogues|news feeds",
    ),
    _subject(
        "semantic_web|Semantic web and linked data|cs.DB|0.3",
        "linked data platforms|ontology alignment methods|SPARQL endpoints|semantic web services"
        "|ontology matching systems",
        "triples|vocabularies|competency questions|name spaces|class hierarchies|shapes",
        "catalogue integration|library records|open government|museum archives|farm data exchange",
    ),
    _subject(
        "theorem_proving|Theorem proving|cs.LO|1.5",
        "proof assistants|automated theorem provers|interactive theorem provers"
        "|premise selection methods|neural theorem provers",
        "lemmas|tactics|proof scripts|rewrite rules|goals|formal libraries",
        "compiler correctness|school geometry|kernel verification|proof repair|formal mathematics",
    ),
    _subject(
        "coding_theory|Coding theory|cs.IT|0.5",
        "cyclic codes|low-density parity-check codes|error-correcting codes|convolutional codes"
        "|linear codes over rings",
        "codewords|decoding radii|parity checks|weight distributions|erasures|syndromes",
        "list decoding|deep-space links|memory protection|burst recovery|short packets",
    ),
    _subject(
        "sensor_and_ad_hoc_networks|Sensor and ad hoc networks|cs.NI|0.2",
        "wireless sensor networks|mobile ad hoc networks|delay-tolerant networks"
        "|opportunistic networks|mesh networks",
        "sensor nodes|sink nodes|duty cycles|routes|hop counts|batteries",
        "habitat monitoring|barrier coverage|energy-efficient routing|forest-fire alarms"
        "|data aggregation",
    ),
    _subject(
        "time_series_forecasting|Forecasting|stat.AP|1.5",
        "probabilistic forecasting models|load forecasting methods|hierarchical forecasting schemes"
        "|long-horizon forecasting models|demand forecasting systems",
        "seasonal cycles|holidays|missing readings|forecast horizons|covariates|quantiles",
        "electricity markets|hospital staffing|retail planning|river levels|solar output",
    ),
    _subject(
        "anomaly_detection|Anomaly and novelty detection|cs.LG|1.0",
        "anomaly detectors|outlier detection methods|log anomaly detection systems"
        "|unsupervised anomaly detectors|graph anomaly detection models",
        "alarm thresholds|rare events|normal profiles|traces|sensor faults|scores",
        "factory inspection|intrusion alarms|turbine health|payment review|spacecraft telemetry",
    ),
    _subject(
        "swarm_intelligence|Swarm intelligence and metaheuristics|cs.NE|0.4",
        "particle swarm optimization methods|ant colony algorithms|memetic algorithms"
        "|simulated annealing schedules|tabu search heuristics",
        "swarms|neighbourhoods|pheromone trails|restarts|fitness landscapes|mutation rates",
        "timetabling|antenna placement|vehicle routing|parameter tuning|warehouse layout",
    ),
    _subject(
        "topic_modeling|Topic modelling|cs.CL|0.4",
        "topic models|dynamic topic models|neural topic models|latent Dirichlet allocation variants"
        "|structural topic models",
        "word counts|topic labels|short documents|hyperparameters|stop words|mixtures",
        "archive browsing|survey coding|parliament debates|literature maps|topic discovery",
    ),
    _subject(
        "compilers|Compilers and code optimisation|cs.PL|1.0",
        "just-in-time compilers|register allocation methods|loop transformation passes"
        "|intermediate representations|auto-vectorization passes",
        "basic blocks|pointers|loop nests|call sites|spills|type hints",
        "numerical kernels|embedded firmware|tensor programs|start-up time|binary translation",
    ),
    _subject(
        "computational_geometry|Computational geometry|cs.CG|0.6",
        "Delaunay triangulations|convex hull algorithms|geometric spanners|medial axis transforms"
        "|line arrangements",
        "vertices|facets|sweep lines|point sets|polygons|degenerate cases",
        "terrain guarding|map simplification|shape matching|mesh repair|nearest-facility queries",
    ),
    _subject(
        "software_testing|Software testing|cs.SE|1.2",
        "regression testing tools|mutation testing methods|test generation tools"
        "|combinatorial testing methods|unit test generators",
        "test suites|flaky tests|assertions|coverage gaps|mutants|bug reports",
        "continuous delivery|driver software|spreadsheet audits|app stores|test selection",
    ),
    _subject(
        "social_choice|Social choice and fair division|cs.GT|1.0",
        "approval voting rules|participatory budgeting schemes|fair division protocols"
        "|multiwinner elections|envy-free allocations",
        "ballots|agents|indivisible goods|committees|strategic voters|shares",
        "city budgets|course seats|committee elections|rent sharing|proportional representation",
    ),
    _subject(
        "protein_modeling|Protein modelling|q-bio.BM|3.0",
        "protein language models|protein design models|protein folding simulations"
        "|antibody design methods|protein docking models",
        "residues|side chains|binding sites|homologs|backbones|mutations",
        "enzyme design|vaccine screening|stability prediction|peptide docking|function annotation",
    ),
    _subject(
        "speech_recognition|Speech recognition|eess.AS|0.8",
        "speech recognition systems|keyword spotting models|automatic speech recognizers"
        "|acoustic models|streaming speech recognition models",
        "phonemes|accents|far-field recordings|pronunciations|silences|transcripts",
        "call centres|child speech|noisy cars|endangered languages|voice control",
    ),
)  # fmt: skip
