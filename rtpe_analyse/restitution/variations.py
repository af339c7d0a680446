"""Pourquoi l'occupation a changé sur un an : la figure des effets, la phrase, le tableau."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rtpe_analyse.nomenclatures import liste_fermee
from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.mesures import Mesure
from rtpe_analyse.restitution.objets import Restitution
from rtpe_analyse.restitution.planches import planche, sans_figure
from rtpe_analyse.restitution.tableaux import Cellule, Colonne, Ligne, Tableau

_CODE, _VENTILATION, _COMPOSITION = "V1", "effet", "composition"
_TITRE = "Ce qui a fait varier le taux d'occupation réel sur un an"
# En deçà, un effet s'écrit 0,0 point : il reste dans le tableau, ni dessiné ni cité.
VISIBLE = 0.05
_CITES = 3
MOIS = "La variation ne se décompose qu'au trimestre."
_ABSENTE = (
    "La variation ne se décompose pas : l'an dernier manque, ou des contrats n'ont pas été reçus."
)
MASQUEE = "Les effets sont masqués (secret statistique)."


@dataclass(frozen=True)
class Variation:
    """Les effets d'une zone, dans l'ordre de lecture.

    Attributes:
        effets: modalité → mesure, en points ; vide si rien n'est calculé.
        masquee: les effets existent, mais le secret les cache, ou cache T1 d'un des deux côtés.
        libelles: modalité → nom de l'effet, dans l'ordre de présentation.
    """

    effets: dict[str, Mesure]
    masquee: bool = False
    libelles: Mapping[str, str] = field(default_factory=lambda: liste_fermee("effets_variation"))

    @property
    def lisible(self) -> bool:
        """Tous les effets se lisent : leur somme est la variation."""
        return bool(self.effets) and all(m.lisible for m in self.effets.values())

    @property
    def partielle(self) -> bool:
        """Un effet ne porte que sur une partie des établissements."""
        return any(m.partielle for m in self.effets.values())

    @property
    def totale(self) -> float:
        """L'écart de T1, en points."""
        return sum(m.valeur or 0.0 for m in self.effets.values())

    @property
    def composition(self) -> float:
        """L'effet de composition, en points ; nul pour un établissement."""
        mesure = self.effets.get(_COMPOSITION)
        return (mesure.valeur or 0.0) if mesure else 0.0

    @property
    def visibles(self) -> list[tuple[str, float]]:
        """Libellé et points des effets qui ne s'arrondissent pas à zéro."""
        lus = [(self.libelles[nom], m.valeur or 0.0) for nom, m in self.effets.items()]
        return [(nom, v) for nom, v in lus if abs(v) >= VISIBLE]


def lire_variations(contexte: Contexte, maille: str, zones: Iterable[str]) -> dict[str, Variation]:
    """La variation de chaque zone à la période du rapport.

    Un effet ne se lit que si T1 se lit les deux années : leur somme en donnerait l'écart.

    Args:
        contexte: période du rapport.
        maille: maille des zones.
        zones: leurs codes.
    """
    zones = list(zones)
    quand = [contexte.periode, contexte.periode.an_dernier]
    effets = contexte.grille([_CODE], maille, zones, [contexte.periode], ventilation=_VENTILATION)
    taux = contexte.grille(["T1"], maille, zones, quand)
    ordre = [m for m in liste_fermee("effets_variation") if m in effets.modalites(_CODE)]
    lues = {}
    for zone in zones:
        siens = {m: effets.lire(_CODE, zone, contexte.periode, m) for m in ordre}
        # La composition n'existe pas pour un établissement.
        siens = {m: mesure for m, mesure in siens.items() if mesure.signe != formats.SIGNE_ABSENT}
        masquee = any(taux.lire("T1", zone, p).masquee for p in quand) or any(
            m.masquee for m in siens.values()
        )
        lues[zone] = Variation({} if masquee else siens, masquee)
    return lues


def decomposition(contexte: Contexte) -> Restitution:
    """Figure : les effets qui font la variation de T1 de la zone sur un an."""
    if contexte.periode.pas != "trimestre":
        return sans_figure(_TITRE, MOIS)
    lue = lire_variations(contexte, contexte.maille, [contexte.zone])[contexte.zone]
    if not lue.lisible:
        return sans_figure(_TITRE, MASQUEE if lue.masquee else _ABSENTE)
    partage = partager(lue, "composition (leur poids)")
    return planche_des_effets(_TITRE, _phrase(lue), lue, "Variation sur un an", partage)


def planche_des_effets(
    titre: str, conclusion: str, lue: Variation, total: str, partage: str
) -> Restitution:
    """Figure : une barre par effet, leur somme dans le tableau ; une phrase si tout est nul.

    Args:
        titre: ce que montre la figure.
        conclusion: ce qu'elle dit, sans point final.
        lue: effets lisibles.
        total: intitulé de leur somme.
        partage: phrase de l'effet propre et de la composition, ou rien.
    """
    if not lue.visibles:
        return sans_figure(titre, f"{conclusion}.")
    from rtpe_analyse.restitution import figures

    svg = figures.effets(
        [nom for nom, _ in lue.visibles], [v for _, v in lue.visibles], formats.Unite(1)
    )
    code = next(iter(lue.effets.values())).definition.code
    donnees = Tableau(
        f"Chiffres de la figure : {titre}",
        "Effet",
        [Colonne("Effet", "points", code=code)],
        [
            *(Ligne(lue.libelles[nom], [_cellule(m)]) for nom, m in lue.effets.items()),
            Ligne(total, [_somme(lue, lue.totale)], "total"),
        ],
    )
    dits = " ; ".join(f"{nom} : {points_d_effet(v)}" for nom, v in lue.visibles)
    alt = f"Une barre par effet, à droite ce qui fait monter le taux. {dits}."
    note = f"En points. La somme des effets est l'écart du taux.{_arrondis(lue)}"
    if lue.partielle:
        note += " Une partie des établissements manque d'un des deux côtés."
    return planche(conclusion, alt, svg, donnees, " ".join(filter(None, [note, partage])))


def _arrondis(lue: Variation) -> str:
    """Ce que perd la somme des effets affichés, si le lecteur ne retrouve pas le total."""
    affiches = sum(formats.arrondi(m.valeur or 0.0, 1) for m in lue.effets.values())
    if affiches == formats.arrondi(lue.totale, 1):
        return ""
    return (
        f" Chacun est arrondi à part : les effets affichés font {_signe(float(affiches))}, leur "
        f"somme exacte {_signe(lue.totale)}."
    )


def phrase(contexte: Contexte) -> str | None:
    """La phrase de la variation : « −3,1 points : −2,0 fermetures… » ; absente si illisible."""
    lue = lire_variations(contexte, contexte.maille, [contexte.zone])[contexte.zone]
    return f"{_phrase(lue)}." if lue.lisible else None


def par_etablissement(contexte: Contexte) -> Restitution:
    """Tableau : la variation de chaque établissement de la zone, et ses premiers effets."""
    titre = f"{_TITRE}, par établissement"
    if contexte.periode.pas != "trimestre":
        return sans_figure(titre, MOIS)
    noms = contexte.etablissements
    lues = lire_variations(contexte, "etablissement", noms)
    if not any(v.lisible for v in lues.values()):
        return sans_figure(titre, MASQUEE if any(v.masquee for v in lues.values()) else _ABSENTE)
    lignes = [
        Ligne(nom, _cellules(lues[zone], _arrive(contexte, zone))) for zone, nom in noms.items()
    ]
    ensemble = lire_variations(contexte, contexte.maille, [contexte.zone])[contexte.zone]
    if ensemble.lisible:
        lignes.append(Ligne(contexte.titre, _cellules(ensemble), "total"))
    colonnes = [
        Colonne("Variation", "points", code=_CODE),
        Colonne("Premiers effets", nombre=False),
    ]
    notes = ["Ordre alphabétique : le tableau n'est pas un classement."]
    return Tableau(titre, "Établissement", colonnes, lignes, notes).rendre()


def _arrive(contexte: Contexte, zone: str) -> str:
    """L'ouverture, la fermeture ou la reprise qui explique une année incomplète ou un saut."""
    repris = [
        nom
        for autre, nom in contexte.etablissements.items()
        if contexte.evenements.get(autre, "").endswith(
            f"places reprises par {contexte.libelle('etablissement', zone)}"
        )
    ]
    if repris:
        return f"reprend les places {formats.enumeration([formats.de(nom) for nom in repris])}"
    return _minuscule(contexte.evenements.get(zone, ""))


def _cellules(lue: Variation, arrive: str = "") -> list[Cellule]:
    if not lue.lisible:
        signe = formats.SIGNE_MASQUE if lue.masquee else formats.SIGNE_NON_CALCULABLE
        return [Cellule(signe=signe), Cellule(arrive)]
    effets = enumerer(lue) or "aucun effet d'un dixième de point"
    return [
        _somme(lue, lue.totale),
        Cellule(f"{arrive} : {effets}" if arrive else effets),
    ]


def _somme(lue: Variation, valeur: float) -> Cellule:
    return Cellule(_signe(valeur), marque=formats.MARQUE_PARTIELLE if lue.partielle else "")


def _phrase(lue: Variation) -> str:
    """« Le taux d'occupation réel varie de −3,1 points sur un an : … », sans point final."""
    if not lue.visibles:
        return "Le taux d'occupation réel est stable sur un an, et aucun effet ne se détache"
    if abs(lue.totale) < VISIBLE:
        debut = "Le taux d'occupation réel est stable sur un an, mais des effets se compensent"
    else:
        debut = f"Le taux d'occupation réel varie de {points_d_effet(lue.totale)} sur un an"
    return f"{debut} : {enumerer(lue)}"


def enumerer(lue: Variation) -> str:
    """Les plus grands effets, du plus grand au plus petit, et la somme des autres."""
    ranges = sorted(lue.visibles, key=lambda e: -abs(e[1]))
    dits = [f"{_signe(v)} {_minuscule(nom)}" for nom, v in ranges[:_CITES]]
    reste = lue.totale - sum(v for _, v in ranges[:_CITES])
    if len(ranges) > _CITES and abs(reste) >= VISIBLE:
        dits.append(f"{_signe(reste)} pour les autres effets")
    return ", ".join(dits)


def partager(lue: Variation, composition: str) -> str:
    """La phrase qui sépare l'effet propre de la composition ; vide s'il n'y a qu'un effet.

    Args:
        lue: effets lisibles.
        composition: comment nommer la composition.
    """
    if _COMPOSITION not in lue.effets or len(lue.visibles) < 2:
        return ""
    propre = lue.totale - lue.composition
    return (
        f"Effet propre aux établissements : {points_d_effet(propre)} ; effet de {composition} : "
        f"{points_d_effet(lue.composition)}."
    )


def _cellule(mesure: Mesure) -> Cellule:
    marque = formats.MARQUE_PARTIELLE if mesure.partielle else ""
    return Cellule(_signe(mesure.valeur or 0.0), marque=marque)


def _signe(valeur: float) -> str:
    return formats.avec_signe(valeur, 1)


def points_d_effet(valeur: float) -> str:
    """« −3,1 points »."""
    return formats.points(valeur / 100)


def _minuscule(texte: str) -> str:
    return texte[:1].lower() + texte[1:]
