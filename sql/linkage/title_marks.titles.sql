-- A first, cheap look: the titles that hold a word or a number which may be a mark.
-- What the words say, and whether they stand where marks stand, `text.title_markers` knows.
select
    record_id,
    title
from linkage._sound_records
where
    regexp_matches(
        title_key,
        '(^| )(errat|corr[ei]|rectif|berichtig|druckfehl|korr|fe de err|retrac|retirad|widerruf'
        || '|ritratt|zuruckgez|withdraw|remov|article retr|articulo retr|expression of|notice'
        || '|statement of|note|critique|remark|letter'
        || '|redundant|addend|nachtrag|supple|supporting inf|erganz|appendix'
        || '|online app|repl|respon|rejoin|duplik|erwider|antwort|repons|respuest|rispost'
        || '|comment|komment|coment|discuss|diskuss|re |review|buchbesp|rezens'
        || '|compte rend|resen|recens|preface|foreword|afterword|vorwort|introduc|slides'
        || '|present|poster|demo|tutorial|panel|talk|keynote|abstract|publisher'
        || '|protocol)'
        || '|^((research|original|source|underlying) )?data( ?sets?)? (from|to|for|of|on) '
        || '|(^| )(parts?|pt|teil|partie|parte|vol|volume|volumen|band|bd|tome|tomo|chap'
        || '|chapter|kapitel|chapitre|capitulo|lecture|phase|day|book|paper|section|issue|no'
        || '|number|nr|episode|unit|module|week|session|study|installment|series|lesson'
        || '|report|round|act) ?([0-9]{1,3}|[ivx]+|[a-h]|one|two|three|four|five|six|seven'
        || '|eight|nine|ten|eins|zwei|drei|un|deux|trois|uno|dos|tres)( |$)'
        || '|(edition|edn?|edit|auflage|aufl|ausgabe|edicion|edizione|edicao)$'
        || '| (part|volume|teil|band|partie|parte)$'
        || '|^[0-9a-z]+ (part|volume|teil|band|partie|parte) '
        || '| ([0-9]{1,2}|[ivx]{1,6})$'
    )
    or regexp_matches(title, '[( .:;,-] ?([0-9]{1,2}|[IVXivx]{1,6})[)]? ?([:.]| [-–—]) ')
    or regexp_matches(title_key, ' (pg|pp?|pages?|vol|volume) [0-9]+ .*[0-9]$')
order by record_id
