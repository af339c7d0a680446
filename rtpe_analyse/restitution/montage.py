"""Monter une carte : remplir les zones, écrire légende et texte de remplacement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.fonds import Fond
from rtpe_analyse.restitution.mesures import Mesure
from rtpe_analyse.restitution.objets import Restitution
from rtpe_analyse.restitution.planches import planche
from rtpe_analyse.restitution.tableaux import Tableau

NOMMEES = 6
"""Zones citées au plus dans une phrase (convention d'édition)."""
SANS_PLACE = (
    "Pas de carte : ni position ni contour connus pour ces zones. Donner un fichier de contours "
    "(rtpe referentiel), ou compléter le référentiel."
)
INCERTAINE = "?"
_LIGNES = 11
"""Lignes de tuiles au-delà desquelles une carte s'imprime plus haute, pour rester lisible."""
_ABREGES = {
    INCERTAINE: f"{INCERTAINE} : classe incertaine, proche d'une coupure.",
    f"{formats.FINE}k": "k : milliers.",
    f"{formats.FINE}M": "M : millions.",
    formats.MARQUE_PARTIELLE: f"{formats.MARQUE_PARTIELLE} : valeur partielle.",
    formats.SIGNE_ABSENT: f"{formats.SIGNE_ABSENT} : {formats.LEGENDES[formats.SIGNE_ABSENT]}.",
    formats.SIGNE_NON_CALCULABLE: (
        f"{formats.SIGNE_NON_CALCULABLE} : {formats.LEGENDES[formats.SIGNE_NON_CALCULABLE]}."
    ),
}


@dataclass(frozen=True)
class Remplissage:
    """Ce qui remplit une carte.

    Attributes:
        libelles: légende de chaque classe, dans l'ordre.
        rangs: code de zone → rang de sa classe ; une zone sans rang n'a pas de valeur.
        textes: code de zone → ce qui s'écrit dedans.
        ordonnees: des classes de valeurs plutôt que des catégories.
        saillante: libellé de la catégorie à faire ressortir.
        masquees: zones dont la valeur est couverte par le secret.
        dites: phrases qui disent la carte à qui ne la voit pas.
    """

    libelles: Sequence[str]
    rangs: Mapping[str, int]
    textes: Mapping[str, str]
    ordonnees: bool
    saillante: str = ""
    masquees: frozenset[str] = frozenset()
    dites: Sequence[str] = field(default_factory=list)


def monter(
    contexte: Contexte,
    fond: Fond,
    noms: Mapping[str, str],
    conclusion: str,
    remplissage: Remplissage,
    tableau: Tableau,
) -> Restitution:
    """La figure entière.

    Args:
        contexte: ses communes sont cernées, sauf pour un département.
        fond: où se dessine chaque zone.
        noms: code → nom des zones voulues.
        conclusion: titre qui conclut.
        remplissage: classes et textes.
        tableau: les mêmes chiffres, à déplier sous la carte, ou seuls si rien ne peut se placer.
    """
    if not fond.formes:
        return _tableau_replie(conclusion, tableau)
    from rtpe_analyse.restitution import figures

    legende = figures.trames(
        remplissage.libelles,
        ordonnees=remplissage.ordonnees,
        saillante=remplissage.saillante,
    )
    absentes = [z for z in noms if z not in remplissage.rangs and z not in remplissage.masquees]
    rangs = dict(remplissage.rangs)
    for zones, trame in (
        (remplissage.masquees, figures.MASQUEE),
        (absentes, figures.ABSENTE),
    ):
        if zones:
            rangs |= dict.fromkeys(zones, len(legende))
            legende.append(trame)
    cernees = set() if contexte.maille == "departement" else set(contexte.communes)
    formes = [
        figures.Forme(anneaux, rangs[z], remplissage.textes[z], noms[z], z in cernees)
        for z, anneaux in fond.formes.items()
    ]
    siennes = [noms[z] for z in noms if z in cernees and z in fond.formes]
    notes = [f"Trait épais : communes {formats.du(contexte.nom)}."] if siennes else []
    notes += [sens for signe, sens in _ABREGES.items() if any(signe in f.texte for f in formes)]
    svg = figures.carte(formes, legende, notes, en_tuiles=fond.en_tuiles)
    en_degrade = remplissage.ordonnees and len(remplissage.libelles) > 1
    degrade = f"De la plus claire à la plus foncée : {' ; '.join(remplissage.libelles)}"
    dites = [
        f"Carte de {formats.compte(len(formes), 'zone')}",
        degrade if en_degrade else "",
        *remplissage.dites,
        f"Sans valeur : {enumerer(noms, absentes)}" if absentes else "",
        f"Masquées (secret statistique) : {enumerer(noms, sorted(remplissage.masquees))}"
        if remplissage.masquees
        else "",
        f"Cernées : {formats.enumeration(siennes)}" if siennes else "",
    ]
    note = fond.nature
    if fond.sans_place:
        note += f" Sans place connue : {enumerer(noms, fond.sans_place)} (voir le tableau)."
    alt = ". ".join(d for d in dites if d) + "."
    classe = "rtpe-carte rtpe-haute" if fond.lignes > _LIGNES else "rtpe-carte"
    classes = degrade if en_degrade else " ; ".join(remplissage.libelles)
    en_mots = " ".join([f"{classes}.", *notes])
    return planche(conclusion, alt, svg, tableau, note, classe=classe, legende=en_mots)


def _tableau_replie(conclusion: str, tableau: Tableau) -> Restitution:
    """Sans carte possible : pourquoi, et les chiffres à déplier."""
    html = (
        f'<div class="rtpe-encadre rtpe-vide"><p class="rtpe-encadre-titre">{escape(conclusion)}'
        f'</p><p>{SANS_PLACE}</p><details class="rtpe-donnees">'
        f"<summary>Voir les chiffres</summary>{tableau.html()}</details></div>"
    )
    return Restitution("encadre", html, f"{conclusion} : {SANS_PLACE}", conclusion)


def enumerer(noms: Mapping[str, str], zones: Sequence[str]) -> str:
    """Les noms des zones, six au plus : « Orly, Thiais et 3 autres »."""
    cites = [noms[z] for z in zones]
    if len(cites) <= NOMMEES:
        return formats.enumeration(cites)
    reste = formats.compte(len(cites) - NOMMEES, "autre")
    return formats.enumeration([*cites[:NOMMEES], reste])


def abrege(mesure: Mesure) -> str:
    """Ce qui s'écrit dans une zone : le nombre, en milliers (k) ou millions (M) s'il est long."""
    if mesure.valeur is None:
        return mesure.signe
    texte = mesure.nombre
    if not mesure.definition.est_part:
        for seuil, unite, decimales, lettre in ((1e6, 1e6, 1, "M"), (1e4, 1e3, 0, "k")):
            if abs(mesure.valeur) >= seuil:
                reduit = formats.nombre(mesure.valeur / unite, decimales)
                texte = f"{reduit}{formats.FINE}{lettre}"
                break
    return texte + (formats.MARQUE_PARTIELLE if mesure.partielle else "")
