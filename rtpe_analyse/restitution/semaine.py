"""Quand les places sont occupées : carte de chaleur de la semaine, créneaux pleins et creux."""

from dataclasses import dataclass

from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.lecture import Grille
from rtpe_analyse.restitution.mesures import DIFFUSABLE, PARTIELLE, Mesure
from rtpe_analyse.restitution.objets import Restitution
from rtpe_analyse.restitution.planches import planche, sans_figure
from rtpe_analyse.restitution.tableaux import Cellule, Colonne, Ligne, Tableau, cellule

TITRE = "L'occupation selon le jour et l'heure"
PLEIN, CREUX = "▲", "▽"
UN_JOUR_SUR_DEUX = 0.5
"""Un créneau plein (ou creux) au moins un jour sur deux est marqué (convention éditoriale)."""
_CODES = ("F1", "F4", "F5")


@dataclass(frozen=True)
class Case:
    """Une heure d'un jour de semaine, somme de ses quarts d'heure.

    Attributes:
        jour: rang du jour, `1` pour lundi.
        heure: heure de début, `8`.
        mesures: indicateur → mesure de l'heure entière.
    """

    jour: str
    heure: int
    mesures: dict[str, Mesure]

    @property
    def occupation(self) -> Mesure:
        """Part des places autorisées occupées."""
        return self.mesures["F1"]

    def souvent(self, code: str) -> bool:
        """Les quarts d'heure de la case sont pleins (F4) ou creux (F5) un jour sur deux."""
        return (self.mesures[code].valeur or 0) >= UN_JOUR_SUR_DEUX

    @property
    def texte(self) -> str:
        """Le nombre et sa marque, ou le signe de ce qui manque."""
        if self.occupation.valeur is None:
            return self.occupation.signe
        marque = PLEIN if self.souvent("F4") else CREUX if self.souvent("F5") else ""
        return formats.nombre(100 * self.occupation.valeur) + marque


def semaine(contexte: Contexte) -> Restitution:
    """Carte de chaleur : occupation moyenne (F1) par jour et par heure, pleins et creux marqués.

    Les quarts d'heure sont au tableau ; une heure les additionne (heures sur heures).
    """
    grille = contexte.grille(
        _CODES,
        contexte.maille,
        [contexte.zone],
        [contexte.periode],
        ventilation="jour_heure",
    )
    quarts = sorted(m for m in grille.modalites("F1") if "-" in m)
    cases = _par_heure(contexte, grille, quarts)
    lisibles = [c for c in cases.values() if c.occupation.lisible]
    if not lisibles:
        secret = any(c.occupation.masquee for c in cases.values())
        raison = "Valeurs masquées (secret statistique)." if secret else _SANS_HEURES
        return sans_figure(TITRE, raison)
    from rtpe_analyse.restitution import figures

    jours = sorted({c.jour for c in cases.values()})
    heures = range(min(c.heure for c in cases.values()), max(h for _, h in cases) + 1)
    vide = Case("", 0, {c: Mesure(contexte.dossier.definition(c)) for c in _CODES})
    rangees = [[cases.get((j, h), vide) for h in heures] for j in jours]
    svg = figures.chaleur(
        [
            [None if (v := c.occupation.valeur) is None else 100 * v for c in rangee]
            for rangee in rangees
        ],
        [["" if c is vide else c.texte for c in rangee] for rangee in rangees],
        [_nom(j) for j in jours],
        [formats.heure(60 * h) for h in heures],
    )
    masques = any(grille.lire("F1", contexte.zone, contexte.periode, m).masquee for m in quarts)
    conclusion = _conclusion(masques, lisibles)
    alt = (
        f"Carte de chaleur, une ligne par jour et une colonne par heure, de "
        f"{formats.heure(60 * heures[0])} à {formats.heure(60 * heures[-1] + 60)}. {conclusion}. "
        f"{_marques_en_mots(lisibles)}"
    )
    note = (
        "Chaque case : part des places autorisées occupées en moyenne sur l'heure, en % ; plus "
        f"elle est foncée, plus l'occupation est forte. {PLEIN} : places ouvertes toutes prises "
        f"au moins un jour sur deux ; {CREUX} : créneau creux au moins un jour sur deux."
        + (" Des quarts d'heure masqués n'y sont pas (secret statistique)." if masques else "")
    )
    return planche(conclusion, alt, svg, _tableau(contexte, grille, quarts, jours), note)


_SANS_HEURES = (
    "Pas de valeur au quart d'heure sur la période : les exports reçus ne donnent pas les "
    "heures d'arrivée et de départ."
)


def _par_heure(
    contexte: Contexte, grille: Grille, quarts: list[str]
) -> dict[tuple[str, int], Case]:
    """Les quarts d'heure réunis par heure : somme des numérateurs sur somme des dénominateurs.

    Un quart d'heure masqué n'y est pas : l'heure ne porte alors que sur les autres.
    """
    groupes: dict[tuple[str, int], list[str]] = {}
    for modalite in quarts:
        jour, _, instant = modalite.partition("-")
        groupes.setdefault((jour, int(instant[:2])), []).append(modalite)
    return {
        cle: Case(*cle, {c: _somme(contexte, grille, c, modalites) for c in _CODES})
        for cle, modalites in groupes.items()
    }


def _somme(contexte: Contexte, grille: Grille, code: str, modalites: list[str]) -> Mesure:
    mesures = [grille.lire(code, contexte.zone, contexte.periode, m) for m in modalites]
    definition = contexte.dossier.definition(code)
    connues = [m for m in mesures if m.numerateur is not None and m.denominateur]
    if not connues:
        tue = next((m for m in mesures if m.masquee), mesures[0])
        return Mesure(definition, tue.statut)
    haut = sum(m.numerateur or 0 for m in connues)
    bas = sum(m.denominateur or 0 for m in connues)
    entiere = len(connues) == len(mesures) and not any(m.partielle for m in connues)
    return Mesure(definition, DIFFUSABLE if entiere else PARTIELLE, haut / bas, haut, bas)


def _conclusion(masques: bool, lisibles: list[Case]) -> str:
    sommet = max(lisibles, key=lambda c: c.occupation.valeur or 0)
    moment = f"le {_nom(sommet.jour).lower()} à {formats.heure(60 * sommet.heure)}"
    if masques:
        return f"Parmi les créneaux lisibles, l'occupation culmine {moment} ({sommet.occupation})"
    conclusion = f"L'occupation culmine {moment} ({sommet.occupation})"
    sommes: dict[str, tuple[float, float]] = {}
    for case in lisibles:
        haut, bas = sommes.get(case.jour, (0.0, 0.0))
        mesure = case.occupation
        sommes[case.jour] = (haut + (mesure.numerateur or 0), bas + (mesure.denominateur or 0))
    if len(sommes) > 1:
        creux = min(sommes, key=lambda j: sommes[j][0] / sommes[j][1])
        conclusion += f" ; le jour le moins occupé est le {_nom(creux).lower()}"
    return conclusion


def _marques_en_mots(lisibles: list[Case]) -> str:
    dites = []
    for code, quoi in (("F4", "Places toutes prises"), ("F5", "Créneaux creux")):
        moments = [
            f"{_nom(c.jour).lower()} {formats.heure(60 * c.heure)}"
            for c in lisibles
            if c.souvent(code)
        ]
        if moments:
            dites.append(f"{quoi} au moins un jour sur deux : {formats.enumeration(moments)}.")
    return " ".join(dites) or "Aucune heure n'est pleine ni creuse un jour sur deux."


def _tableau(contexte: Contexte, grille: Grille, quarts: list[str], jours: list[str]) -> Tableau:
    colonnes = [
        Colonne(libelle, "%", _nom(j))
        for j in jours
        for libelle in ("Occupation", "Jours pleins", "Jours creux")
    ]
    instants = sorted({m.partition("-")[2] for m in quarts})
    lignes = []
    for instant in instants:
        h, _, minutes = instant.partition(":")
        cellules: list[Cellule] = []
        for jour in jours:
            modalite = f"{jour}-{instant}"
            connu = modalite in quarts
            cellules += [
                cellule(grille.lire(code, contexte.zone, contexte.periode, modalite))
                if connu
                else Cellule()
                for code in _CODES
            ]
        lignes.append(Ligne(formats.heure(60 * int(h) + int(minutes)), cellules))
    return Tableau(f"Chiffres de la figure : {TITRE}", "Quart d'heure", colonnes, lignes)


def _nom(jour: str) -> str:
    return formats.majuscule(formats.JOURS[int(jour) - 1])
