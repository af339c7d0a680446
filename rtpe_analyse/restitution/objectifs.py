"""Les objectifs : la cible, le réalisé, l'écart ; et ce qu'on attend du trimestre suivant."""

from rtpe_analyse.modeles import Maille, Periode
from rtpe_analyse.nomenclatures import liste_fermee
from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.mesures import ABSENT, Definition, Mesure
from rtpe_analyse.restitution.objets import Restitution
from rtpe_analyse.restitution.planches import sans_figure
from rtpe_analyse.restitution.tableaux import (
    Cellule,
    Colonne,
    Ligne,
    Tableau,
    cellule_avec_unite,
    texte_ecart,
)

_CIBLE, _VENTILATION = "J1", "objectif"
_PREVU = {"T1": "N1"}
_TITRE = "Objectifs, réalisé, écart"


def objectifs(contexte: Contexte) -> Restitution:
    """Tableau : chaque objectif de la zone et de ses établissements, à la période du rapport.

    L'objectif du trimestre suivant y est aussi, en face de la prévision quand il y en a une.
    """
    if contexte.periode.pas != "trimestre":
        return sans_figure(_TITRE, "Un objectif se juge au trimestre.")
    zones: list[tuple[Maille, dict[str, str]]] = [
        (contexte.maille, {contexte.zone: contexte.titre})
    ]
    if contexte.maille != "etablissement":
        zones.append(("etablissement", contexte.etablissements))
    lignes = [
        ligne
        for quand in (contexte.periode, contexte.periode.decaler(1))
        for maille, noms in zones
        for ligne in _lignes(contexte, maille, noms, quand)
    ]
    if not lignes:
        return sans_figure(_TITRE, "Aucun objectif n'est au registre pour cette période.")
    colonnes = [
        Colonne("Trimestre", nombre=False),
        Colonne("Indicateur", nombre=False),
        Colonne("Cible"),
        Colonne("Réalisé"),
        Colonne("Prévu"),
        Colonne("Écart à la cible"),
        Colonne("Lecture", nombre=False),
    ]
    notes = ["Un objectif manqué se discute avec ses causes ; il ne note personne."]
    return Tableau(_TITRE, "Zone", colonnes, lignes, notes).rendre()


def _lignes(
    contexte: Contexte, maille: Maille, noms: dict[str, str], quand: Periode
) -> list[Ligne]:
    cibles = contexte.grille([_CIBLE], maille, noms, [quand], ventilation=_VENTILATION)
    codes = [c for c in liste_fermee("indicateurs_pilotes") if c in cibles.modalites(_CIBLE)]
    if not codes:
        return []
    # À venir : rien n'est réalisé, seule la prévision répond à la cible.
    a_venir = quand > contexte.periode
    realises = contexte.grille([] if a_venir else codes, maille, noms, [quand])
    prevues = [_PREVU[c] for c in codes if a_venir and c in _PREVU]
    attendus = contexte.grille(
        prevues, maille, noms, [quand], ventilation="prevision", modalite="centre"
    )
    lignes = []
    for zone, nom in noms.items():
        for code in codes:
            cible = cibles.lire(_CIBLE, zone, quand, code)
            if cible.valeur is None:
                continue
            realise = realises.lire(code, zone, quand)
            attendu = attendus.lire(_PREVU.get(code, ""), zone, quand)
            lignes.append(_ligne(nom, quand, cible.valeur, realise, attendu, a_venir=a_venir))
    return lignes


def _ligne(
    nom: str, quand: Periode, cible: float, realise: Mesure, attendu: Mesure, *, a_venir: bool
) -> Ligne:
    definition = realise.definition
    mesure = attendu if a_venir else realise
    # La cible s'écrit comme elle se lit : 65 pour 65 %.
    visee = cible / 100 if definition.est_part else cible
    signe = f"{formats.FINE}%" if definition.est_part else ""
    ecart = None if mesure.valeur is None else mesure.valeur - visee
    return Ligne(
        nom,
        [
            Cellule(formats.majuscule(formats.periode_courte(quand))),
            Cellule(f"{definition.libelle} ({definition.code})"),
            Cellule(f"{_au(definition)} {formats.nombre(cible, definition.decimales)}{signe}"),
            Cellule() if a_venir else cellule_avec_unite(realise),
            cellule_avec_unite(attendu) if a_venir and attendu.statut != ABSENT else Cellule(),
            Cellule() if ecart is None else Cellule(texte_ecart(ecart, definition)),
            Cellule(_lecture(ecart, mesure, a_venir=a_venir)),
        ],
        "repere" if a_venir else "",
    )


def _au(definition: Definition) -> str:
    """Dans quel sens la cible se tient : sans lui, un écart négatif « atteint » ne se lit pas."""
    return "au plus" if definition.sens == "baisse_favorable" else "au moins"


def _lecture(ecart: float | None, mesure: Mesure, *, a_venir: bool) -> str:
    if ecart is None:
        return "" if a_venir else "non jugé"
    moins = mesure.definition.sens == "baisse_favorable"
    tenu = ecart <= 0 if moins else ecart >= 0
    if a_venir:
        return "la prévision l'atteint" if tenu else "la prévision ne l'atteint pas"
    return "atteint" if tenu else "non atteint"
