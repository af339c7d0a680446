"""Les semaines à venir : enfants attendus et occupation, avec leurs intervalles."""

from datetime import date

from rtpe_analyse.modeles import Periode
from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.lecture import Grille
from rtpe_analyse.restitution.objets import Restitution
from rtpe_analyse.restitution.planches import sans_figure
from rtpe_analyse.restitution.tableaux import Colonne, Ligne, Tableau, cellule

_ENFANTS, _TAUX = "N4", "N4o"
_BORNES = ("centre", "bas", "haut")
_TITRE = "Les semaines à venir"
_TRIMESTRES = 3
NOTE = (
    "Ce qui est connu d'abord (contrats, demandes acceptées, départs à l'école, fermetures "
    "annoncées), puis la saison. Par jour d'ouverture de la semaine ; zéro : fermeture annoncée."
)


def semaines_a_venir(contexte: Contexte) -> Restitution:
    """Tableau : une ligne par semaine, deux trimestres ; le titre dit la plus chargée."""
    # Une semaine est rangée au trimestre de son lundi, parfois le dernier connu.
    dernier = Periode.contenant(contexte.periode.fin, "trimestre")
    trimestres = [dernier.decaler(n) for n in range(_TRIMESTRES)]
    lues = {
        borne: contexte.grille(
            [_ENFANTS, _TAUX],
            contexte.maille,
            [contexte.zone],
            trimestres,
            ventilation=f"semaine_{borne}",
        )
        for borne in _BORNES
    }
    semaines = [
        (trimestre, lundi)
        for trimestre in trimestres
        for lundi in sorted(lues["centre"].modalites(_ENFANTS))
        if lues["centre"].lire(_ENFANTS, contexte.zone, trimestre, lundi).lisible
    ]
    if not semaines:
        return sans_figure(
            _TITRE, "Aucune semaine prévue, ou la zone est trop petite (secret statistique)."
        )
    if _sans_portee(contexte, lues, semaines):
        return sans_figure(
            _TITRE,
            "Trop peu d'histoire pour prévoir à la semaine : l'intervalle y descendrait à zéro "
            "enfant la plupart du temps. Voir la prévision au trimestre.",
        )
    colonnes = [
        Colonne(nom, definition.unite, definition.libelle, definition.code)
        for definition in map(contexte.dossier.definition, (_ENFANTS, _TAUX))
        for nom in ("Attendu", "Au moins", "Au plus")
    ]
    lignes = [
        Ligne(
            f"Semaine du {formats.jour(date.fromisoformat(lundi))}",
            [
                cellule(lues[borne].lire(code, contexte.zone, trimestre, lundi))
                for code in (_ENFANTS, _TAUX)
                for borne in _BORNES
            ],
        )
        for trimestre, lundi in semaines
    ]
    titre = _titre(contexte, lues["centre"], semaines)
    return Tableau(titre, "Semaine", colonnes, lignes, [NOTE]).rendre()


def _sans_portee(
    contexte: Contexte, lues: dict[str, Grille], semaines: list[tuple[Periode, str]]
) -> bool:
    """Plus d'une semaine d'ouverture sur deux a un intervalle qui ne dit rien."""
    bas, centre = (
        [lues[borne].lire(_ENFANTS, contexte.zone, t, lundi) for t, lundi in semaines]
        for borne in ("bas", "centre")
    )
    ouvertes = [b for b, c in zip(bas, centre, strict=True) if c.valeur]
    return 2 * sum(b.valeur == 0 for b in ouvertes) > len(ouvertes)


def _titre(contexte: Contexte, centre: Grille, semaines: list[tuple[Periode, str]]) -> str:
    attendus = {
        lundi: centre.lire(_ENFANTS, contexte.zone, trimestre, lundi)
        for trimestre, lundi in semaines
    }
    pleine = max(attendus, key=lambda lundi: attendus[lundi].valeur or 0.0)
    return (
        f"{_TITRE} : jusqu'à {attendus[pleine]} attendus par jour, la semaine du "
        f"{formats.jour(date.fromisoformat(pleine))}"
    )
