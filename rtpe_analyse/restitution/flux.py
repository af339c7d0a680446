"""Où habitent les enfants accueillis : entre territoires, et dans les deux sens."""

from collections.abc import Iterable

from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.mesures import Mesure
from rtpe_analyse.restitution.objets import Restitution, encadre, paragraphes
from rtpe_analyse.restitution.planches import sans_figure
from rtpe_analyse.restitution.tableaux import Cellule, Colonne, Ligne, Tableau, cellule

RESIDENCE, PARTAGE = "residence", "+"
AUTRES = {
    "sans_etablissement": "Communes sans établissement",
    "autre_departement": "Autre département",
}
AUCUN = (
    "Les déplacements entre territoires ne sont pas connus : il y faut la commune de résidence "
    "des familles accueillies."
)
MASQUE = "Effectifs trop petits pour être montrés (secret statistique)."
_TRANSIT = (
    "Le besoin se compte là où habitent les enfants, l'offre là où sont les places : une zone qui "
    "accueille les enfants d'à côté n'a pas trop de places, et une zone dont les enfants partent "
    "n'est pas sans besoin."
)
_NOTE = (
    "Enfants distincts du trimestre, résidence connue ; ceux qui sont accueillis dans leur "
    "territoire n'y sont pas."
)


def resume(contexte: Contexte) -> Restitution:
    """Phrases : part venue d'ailleurs, part accueillie ailleurs, solde, effet de transit."""
    b5 = contexte.trio(["B5"])["B5"][0]
    if contexte.maille == "departement":
        sujet = "des enfants accueillis le sont hors du territoire où ils habitent"
        dites = [_part(b5, sujet)]
    else:
        sortants = au_departement(contexte, "B5s")
        dites = [
            _part(b5, f"des enfants accueillis dans {contexte.nom} habitent ailleurs"),
            _part(
                sortants,
                f"des enfants {formats.du(contexte.nom)} que le réseau accueille le sont dans un "
                "autre territoire",
            ),
            _solde(contexte),
        ]
    dites = [d for d in dites if d]
    if not dites:
        return encadre(MASQUE if b5.masquee else AUCUN, [])
    return paragraphes([*dites, _TRANSIT])


def matrice(contexte: Contexte) -> Restitution:
    """Tableau : d'un territoire, qui vient et qui part ; du département, toutes les cases."""
    if contexte.maille == "departement":
        return _matrice_du_departement(contexte)
    titre = "D'où viennent les enfants accueillis, où vont ceux du territoire"
    ici = contexte.grille(
        ["M1"], contexte.maille, [contexte.zone], [contexte.periode], ventilation=RESIDENCE
    )
    autres = contexte.grille(
        ["M1"],
        "territoire",
        contexte.territoires,
        [contexte.periode],
        ventilation=RESIDENCE,
    )
    siens = contexte.territoires | _residences(contexte, ici.modalites("M1"))
    lignes = []
    for code, nom in siens.items():
        if code == contexte.zone:
            continue
        viennent = ici.lire("M1", contexte.zone, contexte.periode, code)
        partent = autres.lire("M1", code, contexte.periode, contexte.zone)
        # Zéro dans les deux sens n'apprend rien ; un nombre masqué n'est pas zéro.
        if any(m.valeur or m.masquee for m in (viennent, partent)):
            vers = cellule(partent) if code in contexte.territoires else Cellule("")
            lignes.append(Ligne(nom, [cellule(viennent), vers]))
    if not lignes:
        return sans_figure(titre, AUCUN)
    totaux = [contexte.trio(["M1"])["M1"][0], au_departement(contexte, "M1")]
    lignes.append(Ligne("Ensemble", [cellule(m) for m in totaux], "total"))
    colonnes = [
        Colonne("Habitent là, accueillis ici", "enfants", code="M1"),
        Colonne("Habitent ici, accueillis là", "enfants"),
    ]
    return Tableau(titre, "Territoire", colonnes, lignes, [_NOTE]).rendre()


def _matrice_du_departement(contexte: Contexte) -> Restitution:
    titre = "Du territoire de résidence au territoire d'accueil"
    noms = contexte.territoires
    ou = ("territoire", noms, [contexte.periode])
    grille = contexte.grille(["M1"], *ou, ventilation=RESIDENCE)
    tous = contexte.grille(["M1", "B5"], *ou)
    modalites = grille.modalites("M1")
    colonnes_de = {c: n for c, n in noms.items() if c in modalites}
    colonnes_de |= _residences(contexte, modalites)
    if not colonnes_de:
        return sans_figure(titre, AUCUN)
    lignes = [
        Ligne(
            nom,
            [
                Cellule("—")
                if zone in residence.split(PARTAGE)
                else cellule(grille.lire("M1", zone, contexte.periode, residence))
                for residence in colonnes_de
            ]
            + [cellule(tous.lire(c, zone, contexte.periode)) for c in ("M1", "B5")],
        )
        for zone, nom in noms.items()
    ]
    colonnes = [Colonne(n, "enfants", "Résidence") for n in colonnes_de.values()]
    colonnes += [Colonne("Venus d'ailleurs", "enfants", code="M1"), Colonne("Part", "%", code="B5")]
    return Tableau(titre, "Accueil", colonnes, lignes, [_NOTE]).rendre()


def _residences(contexte: Contexte, modalites: Iterable[str]) -> dict[str, str]:
    """Les résidences qui ne sont pas un seul territoire : code → nom."""
    noms = {}
    for modalite in modalites:
        codes = modalite.split(PARTAGE)
        if len(codes) > 1:
            territoires = [contexte.libelle("territoire", c) for c in codes]
            noms[modalite] = f"Communes partagées ({formats.enumeration(territoires)})"
    return noms | {c: n for c, n in AUTRES.items() if c in modalites}


def au_departement(contexte: Contexte, code: str) -> Mesure:
    """Ce qu'on lit au département des enfants qui habitent la zone : M1, B5s.

    Args:
        contexte: territoire du rapport.
        code: `M1` (accueillis ailleurs) ou `B5s` (leur part).
    """
    grille = contexte.grille(
        [code],
        "departement",
        [contexte.departement],
        [contexte.periode],
        ventilation=RESIDENCE,
        modalite=contexte.zone,
    )
    return grille.lire(code, contexte.departement, contexte.periode)


def _part(mesure: Mesure, sujet: str) -> str:
    if mesure.valeur is None or mesure.numerateur is None or mesure.denominateur is None:
        return ""
    comptes = f"{formats.nombre(mesure.numerateur)} sur {formats.nombre(mesure.denominateur)}"
    return f"{mesure} {sujet} ({comptes})."


def _solde(contexte: Contexte) -> str:
    entrants, sortants = contexte.trio(["M1"])["M1"][0], au_departement(contexte, "M1")
    if entrants.valeur is None or sortants.valeur is None:
        return ""
    solde = entrants.valeur - sortants.valeur
    if not solde:
        return "Autant d'enfants viennent d'ailleurs que d'enfants du territoire vont ailleurs."
    sens = "plus" if solde > 0 else "moins"
    return (
        f"{formats.majuscule(contexte.nom)} accueille {sens} d'enfants d'ailleurs qu'il n'en "
        f"envoie ailleurs : {entrants.nombre} contre {sortants.nombre}, un solde de "
        f"{formats.avec_signe(solde)}."
    )
