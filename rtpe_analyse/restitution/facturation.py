"""La position sur la courbe de facturation, et l'accord avec les déclarations à la Caf."""

from rtpe_analyse.reglementation import valeur
from rtpe_analyse.restitution import formats, occupation
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.mesures import ABSENT
from rtpe_analyse.restitution.objets import Restitution
from rtpe_analyse.restitution.planches import sans_figure
from rtpe_analyse.restitution.positions import positions
from rtpe_analyse.restitution.tableaux import Cellule, Colonne, Ligne, Tableau, cellule

CUMUL = ("cumul", "annee")
GRANDEURS = {
    "heures_facturees": ("Heures facturées", "h"),
    "heures_realisees": ("Heures réalisées", "h"),
    "enfants": ("Enfants", "enfants"),
}
_SOURCES = {"G5": "la déclaration à la Caf", "G6": "Filoué"}


def courbe(contexte: Contexte) -> Restitution:
    """Figure : le taux de facturation cumulé de chaque établissement, zone dégressive montrée."""
    bas, haut = (
        float(valeur("seuils_alerte", cle, contexte.jour_de_reference))
        for cle in ("t3_orange_pct", "t3_rouge_pct")
    )
    nom = f"zone dégressive, de {formats.nombre(bas)} à {formats.POURCENT.graduer(haut)}"
    return positions(contexte, "G3", CUMUL, (nom, bas, haut))


def tableau(contexte: Contexte) -> Restitution:
    """Tableau : taux cumulé, heures de la zone dégressive, leur part, leur coût s'il se calcule."""
    return occupation.tableau(
        contexte,
        "La facturation depuis le 1er janvier",
        ["G3", "G1", "G2", "G4"],
        notes=[
            "Entre les deux bornes du taux, chaque heure facturée de plus fait baisser le prix "
            "plafond ; le coût ne se calcule que si les prix plafonds de l'année sont renseignés."
        ],
        coupe=CUMUL,
    )


def rapprochements(contexte: Contexte) -> Restitution:
    """Tableau : nos totaux annuels, ceux déclarés à la Caf et ceux de Filoué, et l'écart."""
    titre = "Nos totaux et ceux que la Caf a reçus"
    lignes = []
    for code, source in _SOURCES.items():
        codes = [f"{code}n", f"{code}d", code]
        grille = contexte.grille(codes, contexte.maille, [contexte.zone], ventilation="grandeur")
        annees = [a for a in grille.periodes(code) if a <= str(contexte.periode.annee)][-1:]
        for annee in annees:
            for grandeur, (nom, unite) in GRANDEURS.items():
                mesures = [grille.lire(c, contexte.zone, annee, grandeur) for c in codes]
                if all(m.statut == ABSENT for m in mesures):
                    continue
                notre, leur, ecart = mesures
                part = (
                    formats.avec_signe(100 * ecart.valeur / leur.valeur, 1)
                    if ecart.valeur is not None and leur.valeur
                    else ""
                )
                signe = (
                    Cellule(signe=ecart.signe)
                    if ecart.valeur is None
                    else Cellule(formats.avec_signe(ecart.valeur))
                )
                lignes.append(
                    Ligne(
                        f"{nom} {annee} ({unite}), {source}",
                        [cellule(notre), cellule(leur), signe, Cellule(part)],
                    )
                )
    if not lignes:
        return sans_figure(titre, "Aucune déclaration ni fichier Filoué à confronter.")
    colonnes = [
        Colonne("Notre total"),
        Colonne("Total déclaré"),
        Colonne("Écart"),
        Colonne("Écart", "% du déclaré"),
    ]
    notes = [
        "Un écart se comprend avant de se corriger : date d'arrêté, arrondi des heures, contrats "
        "modifiés après la déclaration."
    ]
    return Tableau(titre, "Grandeur", colonnes, lignes, notes).rendre()
