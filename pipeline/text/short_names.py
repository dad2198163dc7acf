"""Short forms of given names that do not begin alike, or of which letters may be left out.

What belongs here: Bill for William; common English, Russian and Spanish forms, and the spellings of
Muhammad. A name that is not here is no short form. What does not: comparing (`name_agreement`).
"""

_PAIRS = """
abby: abigail
al: albert
alex: alejandro aleksandr alessandro alexander alexandra alexandre alexandros alexei alexey
alyosha: alexey
andy: andreas andrew
becky: rebecca
ben: benjamin
beth: elizabeth
beto: alberto
betty: elizabeth
bill: william
bob: robert
charlie: charles
chris: christian christina christine christopher
chuck: charles
cindy: cynthia
dan: daniel
dave: david
debbie: deborah
dick: richard
dima: dmitri dmitriy dmitry
don: donald
doug: douglas
drew: andrew
ed: edgar eduardo edward edwin
eddie: edward
frank: francis franklin
fred: frederick
gabe: gabriel
gene: eugene
gerry: gerald
greg: gregory
hank: henry
harry: henry
jack: john
jake: jacob
javi: javier
jeff: geoffrey jeffrey
jenny: jennifer
jerry: gerald
jim: james
jimmy: james
joe: joseph
jon: jonathan
josh: joshua
kate: catherine katherine
kathy: katherine
katie: katherine
katya: ekaterina
ken: kenneth
kike: enrique
kolya: nikolai nikolay
kostya: konstantin
larry: laurence lawrence
lena: elena
leo: leonard
liz: elizabeth
lola: dolores
lyosha: alexey
maggie: margaret
manolo: manuel
masha: maria
matt: matthew
max: maximilian
md: mohammad mohammed
meg: margaret
mike: michael
miro: miroslav
misha: michael mikhail
mitya: dmitry
mohamad: muhammad
mohamed: mohammad mohammed muhammad
mohammad: mohammed muhammad
mohammed: muhammad
nacho: ignacio
natasha: natalia nataliya
nate: nathan nathaniel
nick: nicholas nicolas nikolaos
olya: olga
paco: francisco
pat: patricia patrick
peggy: margaret
pepe: jose
pete: peter
phil: philip phillip
quique: enrique
rafa: rafael
ravi: ravindra ravindran
rich: richard
rick: richard
rob: robert
ron: ronald
sam: samantha samuel
sandy: alexander
santi: santiago
sasha: aleksander aleksandr aleksandra alexander alexandra oleksandr
seryozha: sergey
slava: vyacheslav
steve: stephen steven
sue: susan
tanya: tatiana
ted: edward theodore
terry: terence
tim: timothy
tom: thomas
tony: anthony antonio
vanya: ivan
vicky: victoria
vlad: vladimir vladislav
volodya: vladimir
walt: walter
will: william
zach: zachary
"""

# Short form and full form, in small ASCII letters.
SHORT_NAMES: frozenset[tuple[str, str]] = frozenset(
    (short, full)
    for short, _, fulls in (line.partition(": ") for line in _PAIRS.strip().splitlines())
    for full in fulls.split()
)


def full_names(short: str) -> frozenset[str]:
    """Return what a given name may be a short form of.

    >>> sorted(full_names("ed"))
    ['edgar', 'eduardo', 'edward', 'edwin']
    """
    return _FULL_NAMES.get(short, frozenset())


_FULL_NAMES = {
    short: frozenset(full for each, full in SHORT_NAMES if each == short)
    for short, _ in SHORT_NAMES
}
