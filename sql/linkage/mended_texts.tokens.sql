-- The words of all titles and abstracts.
select token, n_times from linkage.used_words
order by token
