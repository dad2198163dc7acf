-- On how many papers words stand.
select
    kind,
    word,
    n_papers
from people.word_counts
order by kind, word
