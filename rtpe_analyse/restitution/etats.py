"""Quatre états de l'occupation, côte à côte : esquissé, planifié, confirmé, réalisé."""

from rtpe_analyse.modeles import Periode
from rtpe_analyse.restitution import formats, occupation
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.mesures import ABSENT
from rtpe_analyse.restitution.objets import Restitution
from rtpe_analyse.restitution.planches import sans_figure
from rtpe_analyse.restitution.tableaux import Cellule, Colonne, Ligne, Tableau, cellule

CODES = ("O1", "O2", "O3", "O4")
NOTE = (
    "Un état ne s'ajoute pas à un autre : esquissé, les demandes en examen ; planifié, les places "
    "promises ; confirmé, les contrats signés ; réalisé, les présences."
)


def dans_le_temps(contexte: Contexte) -> Restitution:
    """Tableau : les quatre états de la zone, de l'an dernier aux trimestres à venir."""
    titre = "Esquissé, planifié, confirmé, réalisé"
    grille = contexte.grille(CODES, contexte.maille, [contexte.zone])
    connues = sorted(
        p
        for p in (Periode.lire(t) for c in CODES for t in grille.periodes(c))
        if p.pas == contexte.periode.pas and p >= contexte.periode.an_dernier
    )
    lignes = []
    for periode in dict.fromkeys(connues):
        mesures = [grille.lire(c, contexte.zone, periode) for c in CODES]
        if all(m.statut == ABSENT for m in mesures):
            continue
        avenir = periode > contexte.periode
        cellules = [Cellule() if avenir and m.statut == ABSENT else cellule(m) for m in mesures]
        nom = formats.majuscule(formats.periode(periode)) + (" (à venir)" if avenir else "")
        lignes.append(Ligne(nom, cellules, "total" if periode == contexte.periode else ""))
    if not lignes:
        return sans_figure(titre, occupation.AUCUNE)
    colonnes = [Colonne.pour(contexte.dossier.definition(c)) for c in CODES]
    return Tableau(titre, "Période", colonnes, lignes, [NOTE]).rendre()


def par_etablissement(contexte: Contexte) -> Restitution:
    """Tableau : les quatre états de chaque établissement, sur la période."""
    return occupation.tableau(contexte, "Les quatre états par établissement", CODES, replie=True)
