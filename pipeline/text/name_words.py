"""Words that tell what a name is and where its family name begins.

What belongs here: family names and syllables of languages that put the family first, words of
groups, labels, short forms of given names. What does not: what follows from them (`person_names`,
`name_kinds`, `name_agreement`).
"""

import re

# ---------------------------------------------------------------- families that may stand first

# The commonest family names of China, Taiwan, Hong Kong, Korea and Vietnam, in ASCII: they decide
# only where a name is written in an order or a manner that nothing else tells.
_CHINESE = (
    "ai an bai bao bi bian bo cai cao cen chan chang chao che chen cheng cheung chi chiang chiu cho"
    " chong chou chow chu chua chung cui dai deng ding dong dou du duan fan fang fei feng fu fung"
    " gan gao ge geng gong gu guan guo hai han hang hao he heng ho hong hou hsieh hsu hu hua huang"
    " hui hung huo ji jia jian jiang jiao jin jing jiu kang ke kong kuang kuo kwan kwok lai lam lan"
    " lang lau lee lei leng leung li lian liang liao lim lin ling liu lo lou lu luo lv lyu ma mai"
    " man mao mei meng mi miao min ming mo mou mu na ng nie ning niu ou ouyang pan pang pei peng pu"
    " qi qian qiang qiao qin qiu qu quan ran ren rong ruan rui sha shan shang shao she shen sheng"
    " shi shu si sima situ song su sui sun sung tai tam tan tang tao teng tian tong tsai tsang tse"
    " tu wan wang wei wen weng wong wu xi xia xian xiang xiao xie xin xing xiong xu xue yan yang"
    " yao ye yeh yeung yi yin ying yip you yu yuan yue yun zang zeng zha zhan zhang zhao zhen zheng"
    " zhi zhong zhou zhu zhuang zhuge zhuo zong zou zuo"
)
_KOREAN = (
    "ahn bae baek bang byun cha choi chun eom gil goo gwon ha hahm heo huh hwang hyun im jang jeon"
    " jeong jo joo ju jun jung kang kim ko koh koo kwak kwon lee lim min moon nam noh oh paek paik"
    " park rhee ro roh ryu seo shim shin sim sohn son suh sung um woo yeo yim yoo yoon youn yu"
)
_VIETNAMESE = (
    "nguyen tran le pham huynh hoang phan vu vo dang bui do ho ngo duong ly dinh trinh mai"
    " cao luong truong lam"
)
VIETNAMESE = frozenset(_VIETNAMESE.split())
FAMILIES_FIRST = frozenset(f"{_CHINESE} {_KOREAN}".split()) | VIETNAMESE
# Family names of two signs; all others in these scripts are one, or have a space behind them.
_LONG_FAMILIES = (
    "欧阳 歐陽 司马 司馬 诸葛 諸葛 上官 司徒 东方 東方 皇甫 尉迟 令狐 慕容"
    " 남궁 황보 제갈 선우 독고 사공"
)
LONG_FAMILIES = frozenset(_LONG_FAMILIES.split())
_INITIAL = r"(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?"
_FINAL = (
    r"(?:iang|iong|uang|ueng|ang|eng|ing|ong|iao|ian|uai|uan|uen|ai|ao|an|ei|en|er|ia|ie|in|iu|ou"
    r"|ua|ue|ui|un|uo|ve|a|e|i|o|u|v)"
)
_SYLLABLE = re.compile(_INITIAL + _FINAL)
_SYLLABLES = re.compile(f"(?:{_INITIAL}{_FINAL})+")


def is_syllable(word: str) -> bool:
    """Tell whether a word in small ASCII letters is one syllable of Mandarin: "wei"."""
    return bool(_SYLLABLE.fullmatch(word))


def are_syllables(word: str) -> bool:
    """Tell whether a word in small ASCII letters may be syllables of Mandarin alone: "xiaoyun"."""
    return bool(_SYLLABLES.fullmatch(word))


# ---------------------------------------------------------------- parts of names

# Particles that are so also with a capital, inside a name; others are names then (Ben, Le, San).
_CAPITAL_PARTICLES = (
    "van von vom vander vanden de del della dello dalla da di do dos das du la los las el al bin"
    " ibn bint abu ter ten der den des zu zur zum mc mac st le af av de'"
    " بن ابن بنت أبو בן בר"
)
CAPITAL_PARTICLES = frozenset(_CAPITAL_PARTICLES.split())
# Behind these a capital letter inside a word is a habit of spelling, not a lost space.
INNER_CAPITAL = re.compile(
    r"(?:Mc|Mac|De|Del|Della|Di|Da|Dal|Du|Des|Le|La|Lo|Van|Vande|Vander|Von|Fitz|Al|El|St|Bin|Ben"
    r"|Abu|Abd|Ab|Ibn|Ter|Ten|Mak|O|Ó|Ni|Nic|Dos|San|Ap|Bel|Ver|D|L)"
    r"(?:[A-ZÀ-ÖØ-Þ]\w*)"
)
TITLES = re.compile(
    r"(?:(?:(?:Prof(?:essor)?|PROF|Dr|DR|Mr|Mrs|Ms|Mx|Sr|Sra|Srta|Mons|Ing|Dipl|rer|nat|med|phil|habil|Rev|Hon|Fr"
    r"|Dott|Dra|Doc|Doz|PD|Univ|Assoc|Asst|Mgr|Eng|Drs|Ir|H\.C|h\.c)\b\.|(?:Prof(?:essor)?|Dr|Mr|Mrs|Ms|Sir|Dame"
    r"|PD|Herr|Frau|Shri|Smt)(?=\s))[\s-]*){1,5}(?=\S)"
)

# ---------------------------------------------------------------- kinds

# Words that make any name a group's, in the languages papers come in.
_GROUP_WORDS = (
    r"collaborations?|consorti(?:um|a|en)|task ?force|committee|universit\w{1,5}|universidad\w{0,2}"
    r"|universidade\w?|institut\w{0,3}|istituto|instituto\w?|organi[sz]ations?|organisation"
    r"|investigators|associations?|associazione|asociaci[oó]n|associa[cç][aã]o|department|faculty"
    r"|ministry|foundation|fundaci[oó]n|fondation|fondazione|stiftung|laborator(?:y|ies|io|ium)"
    r"|laboratoire|akademie|academia|trialists|commission|comisi[oó]n|kommission|federation"
    r"|contributors|developers|maintainers|organi[sz]ers|working group|study group|research group"
    r"|arbeits(?:gruppe|kreis|gemeinschaft)|forschungs\w+|studiengruppe|gesellschaft|soci[eé]t[eé]"
    r"|sociedad|societ[aà]|vereinigung|verband|verein|netzwerk|kollaboration|colaboraci[oó]n"
    r"|collaborazione|colabora[cç][aã]o|konsortium|consorcio|cons[oó]rcio|groupe|grupo|gruppo"
    r"|gruppe|[eé]quipe|equipo|equipe|comit[eé]|comitato|consejo|conseil|ministerio|minist[eè]re"
    r"|ministerium|hospital\w{0,2}|h[oô]pital|klinik\w{0,2}|krankenhaus|centro|zentrum|proyecto"
    r"|projet|red de|inc|gmbh|llc|ltd|corp|corporation|incorporated|plc|pty|sarl|pvt|consortium"
    r"|[üu]niversitesi|enstit[üu]s[üu]|uniwersytet|instytut|egyetem|univerzit\w+|yliopisto|intézet"
    r"|collab|on behalf of|for the \w+|members of"
)
GROUP = re.compile(
    rf"\b(?:{_GROUP_WORDS})(?!\w)|大学|大學|研究所|研究院|研究室|学院|學院|公司|团队|團隊|小组|小組|协会|協會|協会"
    r"|学会|學會|委员会|委員会|委員會|实验室|實驗室|合作组|联盟|聯盟|機構|机构|会議|会议|대학교|연구소|연구실|연구팀|학회|위원회|기술원|전자"
    r"|коллаборац|университет|институт|общество|группа|консорциум|комитет|академия"
    r"|πανεπιστήμιο|ινστιτούτο|جامعة|معهد|اوניברסיטת|אוניברסיטת|מכון|มหาวิทยาลัย|สถาบัน",
    re.IGNORECASE,
)
# At the end of a name these are a group's: nobody is called so.
GROUP_END = re.compile(
    r"\w.*[\s-](?:team|groups?|labs?|projects?|network|initiative|community|workshop)",
    re.IGNORECASE,
)
# These are family names too (Church, Council), so only in longer names.
GROUP_WEAK = re.compile(
    r"\b(?:council|centers?|centres?|compan(?:y|ies)|society|academy|agency|bureau|board|team|group"
    r"|network|project|program(?:me)?|initiative|service|research)\b",
    re.IGNORECASE,
)
# Groups that sign with one word; a word that ends in AI in capitals is one as well.
_LONE_GROUPS = (
    "openai anthropic google microsoft nvidia bytedance alibaba tencent baidu huawei ibm intel cern"
    " nasa deepmind deepseek meituan xiaomi moonshot cohere eleutherai bigscience amazon"
)
LONE_GROUPS = frozenset(_LONE_GROUPS.split())
GROUP_OF = re.compile(r"\S+ (?:of|für|for|pour|para|per|voor) (?:\S+)")
LABEL = re.compile(
    r"(?:(?:and |& |plus |\+ ?)?\d{1,5} (?:others?|more(?: authors?)?|other authors?|authors?"
    r"|weitere|autres|m[aá]s|altri)|\+ ?\d{1,5}|et\.? ?al(?:ii|ia)?\.?|(?:and |the )?others?"
    r"|authors?(?:\(s\))?|by|and|more|show (?:more|less|all)|view all(?: authors?)?|see all"
    r"|all authors?|first author|last author|corresponding authors?|equal contributions?|editors?"
    r"|eds?\.?|autor(?:en|es|i)?|auteurs?|autori|affiliations?|submitted by|posted by|published by"
    r"|written by|contact|abstract|作者|著者|저자|等|ほか|他|авторы?|i inni|y otros|e outros"
    r"|et autres|und andere|u\. ?a\.|m\. ?fl\.|(?:no|all|other|unknown|more) authors?(?: listed)?"
    r"|n/?a|tba|tbd|admin(?:istrator)?|unnamed|various(?: authors)?|click .*|loading.*"
    r"|\[deleted\]|names?|\(?deceased\)?)[\s:.…,]*",
    re.IGNORECASE,
)
ADDRESS = re.compile(
    r"\S+@\S+\.\w+|(?:https?://|www\.)\S*|\S+\.(?:com|org|net|edu|io)(?:/\S*)?", re.I
)
