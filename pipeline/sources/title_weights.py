"""How much each piece of evidence about a place between title and authors weighs.

What belongs here: the weights, with an example of what each is about. What does not: how a piece is
told (`title_evidence`), how the weights are fitted (`training/title_split_weights.py`).
"""

# Weights of the evidence, fitted by `training/title_split_weights.py` on 6,000 labelled and
# 23,421 other real lines; a few are set by hand, since what they are about is too rare. Fitted on
# one half of the titles they split 99.93-99.94 % of the other half's lines exactly, and all but one
# of the 29,282 with a confidence of at least `SURE`; of bare titles they leave 99.1 % whole.
WEIGHTS: dict[str, float] = {
    # the characters left and right of the place: `p|N`, where N begins the name
    "lower_upper": 2.8,  # "Overlap|Yifei"
    "upper_upper_lower": 2.2,  # "CVaR|Hong"
    "upper_initial": 0.7,  # "TTRT|R."
    "upper_upper": -2.5,  # "TT|RT"
    "after_digit": 0.4,  # "GPT-4|Wei"
    "after_closer": 2.3,  # "(LLMs)|Wei", "Why?|Wei"
    "after_joiner": -1.4,  # "O'|Brien": inside a word
    "after_sign": 1.0,  # any other: "C++|Wei", "$n^2$|Wei"
    "before_lower": -2.4,  # "Design|wided": a name in lower case
    # the title's end
    "word_known": 1.5,  # another title or an abstract of the page has the last word
    "compound_known": 1.0,  # and there is a capital inside: "GitHub"
    "word_is_name": -0.1,  # unknown, but a name on this page
    "word_english_end": 3.3,  # ends like an English noun: -tion, -ing, -ness
    "word_function": -0.5,  # "of", "the": titles seldom end so
    "word_short": -1.2,  # the "Mc" of McInnes
    "word_is_part": -4.0,  # the "py" of pyTides (by hand)
    "word_two_capitals": -2.2,  # "CVaRHong"
    "word_hides_english": -1.1,  # "LearningXiao", "simulatorXiao"; or the word before the last
    "word_hides_function": -3.0,  # "OverXiao" (by hand)
    "word_hides_short": -0.3,  # "SystemXiao", and the name goes on with a short word: "Mei Li"
    "word_hides_given": -2.0,  # "RedditJoo", and the name goes on: "Young Lee"
    "word_is_camel": -0.9,  # "GitHub", "FogMary"
    "word_hides_known": -0.6,  # "ControlErfan": unknown, but "control" is known
    "closer_in_word": -8.0,  # "Why?Xiao" (by hand)
    "after_version": 1.6,  # "v20", "2024" (by hand)
    "word_is_prefix": -6.0,  # the "Mc" of McInnes, too, which no title ends with (by hand)
    "digit_in_word": -8.0,  # "v20Deep" (by hand)
    "word_hides_name": -3.0,  # "FogMary" (by hand)
    "compound_unknown": -2.5,  # "FogMary", and no abstract of the page has it (by hand)
    "title_one_word": -1.2,  # would leave a title of one word
    # the first author's name
    "name_words_1": -2.6,  # one word
    "name_words_2": 2.9,
    "name_words_3": 2.4,
    "name_words_4": 0.7,
    "name_words_5": -0.3,  # five words or more
    "name_known": 3.0,  # stands on another card (by hand)
    "given_known": 1.1,  # another name of the page begins so
    "surname_known": 0.9,  # another name of the page ends so
    "first_is_word": -0.4,  # begins with a word of titles or abstracts
    "last_is_word": -1.3,  # ends with such a word
    "first_is_function": -0.3,  # "In", "The"
    "first_hides_word": -0.6,  # "InJohn", "BasesAnn": ends a title's word, then begins a name
    "first_hides_known": -0.4,  # "BenchAnn", and "bench" is a word of titles or abstracts
    "first_english_end": -1.1,  # begins with a long word that ends like English
    "last_english_end": -2.8,  # ends with such a word
    "first_is_plural": -2.0,  # "Ms" of LLMs
    "initial_first": 1.0,  # "W. -X. Zhou"
    "letter_first": -2.4,  # "D Shapes"
    "two_capitals": -4.2,  # "RHong Zhu"
    "hides_initial": -4.0,  # "OverlapN'Golo", "OverlapJ." (by hand)
    "first_all_capitals": -2.4,  # "LM Xu"
    "inner_capitals": -2.8,  # "XiaoFeng", but not "McInnes"
    "given_is_camel": -1.5,  # but of two words: "XiaoFeng", "MaryAnn"
    "given_of_syllables": 3.2,  # which sound Chinese, Korean or Vietnamese: "XiaoFeng"
    "given_of_names": 3.2,  # which are known: "MaryAnn" (by hand)
    "one_word_camel": -1.5,  # "OpenLoom" (by hand)
    "inner_capitals_alike": 1.8,  # and another author's name has one, too
    "dot_ends_name": -2.0,  # "the end of it." (by hand)
    "odd_sign": -3.3,  # digits, brackets, colons
    "glued_sign": -1.8,  # right before a letter, where a title may end: "4Wei", "C++Wei"
    "unpaired_sign": -1.4,  # one quotation mark, one "$"
    "function_words": -1.4,  # "and", "for" (each, at most two)
    "lower_words": -3.0,  # small words that are no particles (each, at most two)
    # the first author is a group (all by hand)
    "group": 2.9,  # "OpenLoom Team", "NOVA-X Collaboration"
    "group_one_word": -0.5,  # "DeepRiver-AI"
    "group_article": 5.0,  # "The Tern Consortium"
    "group_small_article": 2.8,  # the place before "the", as "lower_upper" is
    "group_cut": -2.5,  # the title's last word ends as a part of its name may: "RobotOpen|Loom"
    "group_cut_known": 6.0,  # but the page has that word: "GitHub|Loom"
    "group_three_humps": -2.0,  # "HubOpenLoom"
    "group_two_capitals": -2.0,  # "DBSeedling"
    "group_hides_article": -6.0,  # "OverlapThe Tern Consortium"
    "group_known": 2.0,  # the page has the name's first word, with its capitals: "OpenLoom"
    # the names between commas
    "names_1": -1.1,  # one name
    "names_2": 2.3,
    "names_3": 1.9,
    "others_odd": -2.8,  # not like a name (each)
    # that no place is right
    "no_authors": -0.5,  # neither `et al.` nor affiliations: there may be no author at all
    "no_place": -2.6,  # there are authors, but what begins the first name is no candidate
}
