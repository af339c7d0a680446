"""L'activité des territoires, côte à côte : leur occupation et ses causes, leur facturation."""

from collections.abc import Mapping

from rtpe_analyse.modeles import Maille
from rtpe_analyse.reglementation import valeur
from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.comparatif import tableau_comparatif
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.facturation import CUMUL
from rtpe_analyse.restitution.mesures import ABSENT
from rtpe_analyse.restitution.objets import Restitution
from rtpe_analyse.restitution.synthese import vide
from rtpe_analyse.restitution.tableaux import Cellule, Colonne, Ligne, Tableau, cellule
from rtpe_analyse.restitution.variations import MOIS, Variation, lire_variations

SANS_COUT = "Coût de la zone dégressive : non calculable, les prix plafonds de l'année manquent."
_TAUX = ("T1", "T4")


def occupation(contexte: Contexte) -> Restitution:
    """Tableau : l'occupation, sa variation sur un an, effet propre et composition, par territoire.

    L'effet propre est ce qui change dans les établissements ; la composition, ce que change leur
    poids. Leur somme est la variation (V1).
    """
    titre = f"L'occupation des territoires, {formats.periode(contexte.periode)}"
    noms = contexte.territoires
    lignes = _lignes_d_occupation(contexte, "territoire", noms)
    if not lignes:
        return vide(contexte, titre)
    ensemble = {contexte.zone: contexte.titre}
    lignes += _lignes_d_occupation(contexte, contexte.maille, ensemble, "total")
    sur_un_an = "T1 sur un an"
    colonnes = [
        Colonne("Réelle", "%", "Occupation", "T1"),
        Colonne("Places ouvertes", "%", "Occupation"),
        Colonne("Variation", "points", sur_un_an, "V1"),
        Colonne("Effet propre", "points", sur_un_an),
        Colonne("Composition", "points", sur_un_an),
        Colonne("Premier effet", nombre=False),
    ]
    notes = [
        "Effet propre : ce qui change dans les établissements. Composition : ce que change leur "
        "poids, ouvertures et fermetures d'établissements comprises. Points calculés avant arrondi."
    ]
    if contexte.periode.pas != "trimestre":
        notes.append(MOIS)
    return Tableau(titre, "Territoire", colonnes, lignes, notes).rendre()


def _lignes_d_occupation(
    contexte: Contexte, maille: Maille, noms: Mapping[str, str], genre: str = ""
) -> list[Ligne]:
    grille = contexte.grille(_TAUX, maille, noms, [contexte.periode])
    lues = lire_variations(contexte, maille, noms)
    lignes = []
    for zone, nom in noms.items():
        taux = [grille.lire(c, zone, contexte.periode) for c in _TAUX]
        if all(m.statut == ABSENT for m in taux):
            continue
        lignes.append(Ligne(nom, [*map(cellule, taux), *_effets(lues[zone])], genre))
    return lignes


def _effets(lue: Variation) -> list[Cellule]:
    """Variation, effet propre, composition (ou leur signe), premier effet."""
    if not lue.lisible:
        signe = formats.SIGNE_MASQUE if lue.masquee else formats.SIGNE_NON_CALCULABLE
        return [Cellule(signe=signe)] * 3 + [Cellule()]
    marque = formats.MARQUE_PARTIELLE if lue.partielle else ""
    points = [
        Cellule(formats.avec_signe(v, 1), marque=marque)
        for v in (lue.totale, lue.totale - lue.composition, lue.composition)
    ]
    if not lue.visibles:
        return [*points, Cellule("aucun effet d'un dixième de point")]
    nom, premier = max(lue.visibles, key=lambda effet: abs(effet[1]))
    return [*points, Cellule(f"{formats.avec_signe(premier, 1)} {nom[:1].lower()}{nom[1:]}")]


def facturation(contexte: Contexte) -> Restitution:
    """Tableau : le taux de facturation cumulé et la zone dégressive, un territoire par ligne.

    Sous le tableau, combien d'établissements se trouvent de part et d'autre des bornes.
    """
    titre = "La facturation depuis le 1er janvier, par territoire"
    noms = contexte.territoires
    couts = contexte.grille(
        ["G4"], "territoire", noms, [contexte.periode], ventilation=CUMUL[0], modalite=CUMUL[1]
    )
    coutes = any(couts.lire("G4", z, contexte.periode).lisible for z in noms)
    dresse = tableau_comparatif(
        contexte,
        titre,
        ["G3", "G1", "G2", *(["G4"] if coutes else [])],
        ecarts=["G3"],
        maille="territoire",
        zones=noms,
        entete="Territoire",
        notes=[
            *_positions_de_facturation(contexte),
            *([] if coutes else [SANS_COUT]),
        ],
        coupe=CUMUL,
    )
    return dresse.rendre() if dresse.lignes else vide(contexte, titre)


def _positions_de_facturation(contexte: Contexte) -> list[str]:
    """« 79 établissements : 4 sous 100 % (donnée à expliquer), 20 de 100 à 107 %, … »."""
    anomalie, basse, haute = (
        float(valeur("seuils_alerte", f"t3_{cle}_pct", contexte.jour_de_reference))
        for cle in ("anomalie", "orange", "rouge")
    )
    noms = contexte.etablissements
    grille = contexte.grille(
        ["G3"], "etablissement", noms, [contexte.periode], ventilation=CUMUL[0], modalite=CUMUL[1]
    )
    lues = [grille.lire("G3", zone, contexte.periode).valeur for zone in noms]
    taux = [100 * v for v in lues if v is not None]
    if not taux:
        return []
    bornes = [formats.POURCENT.graduer(b) for b in (anomalie, basse, haute)]
    classes = [
        (sum(t < anomalie for t in taux), f"sous {bornes[0]} (donnée à expliquer)"),
        (sum(anomalie <= t <= basse for t in taux), f"de {bornes[0]} à {bornes[1]}"),
        (sum(basse < t <= haute for t in taux), f"en zone dégressive (jusqu'à {bornes[2]})"),
        (sum(t > haute for t in taux), "au-delà"),
    ]
    dites = [f"{formats.nombre(n)} {ou}" for n, ou in classes if n]
    combien = formats.compte(len(taux), "établissement")
    return [f"Sur {combien} dont le taux se lit : {formats.enumeration(dites)}."]
