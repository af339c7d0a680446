"""Le bord du département : ce que l'accès aux places n'y voit pas, et dans quel sens il ment."""

import polars as pl

from rtpe_analyse.methodes.bord import angles_vides
from rtpe_analyse.reglementation import valeur
from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.mesures import Mesure
from rtpe_analyse.restitution.montage import enumerer

CODE, BORD, SANS_VOISINES = "B3", "bord", "departement_seul"
_RESEAU = (
    "Les communes connues des autres départements du réseau comptent des deux côtés de la limite."
)
_SENS = (
    "L'accès y est trop bas si ces voisines offrent plus de places par enfant que le département, "
    "trop haut si elles en offrent moins."
)


def effet(contexte: Contexte, acces: Mesure) -> str:
    """Phrase : ce que les communes d'un autre département changent, ou changeraient, à l'accès.

    Args:
        contexte: zone du rapport.
        acces: B3 de la zone, lisible.
    """
    seule = _sans_voisines(contexte, acces)
    if seule.lisible:
        return (
            "Les communes d'autres départements que donne le référentiel comptent des deux côtés "
            f"de la limite : sans elles, l'accès serait de {seule.nombre} au lieu de "
            f"{acces.nombre} places pour 100 enfants."
        )
    if _reseau_etendu(contexte):
        return _RESEAU
    siennes = communes_au_bord(contexte)
    if not siennes:
        return (
            "Les communes des autres départements ne sont pas connues ; aucune commune "
            f"{formats.du(contexte.nom)} n'étant au bord du département, le chiffre en dépend peu."
        )
    return (
        f"À lire avec prudence au bord du département ({nommer(contexte, siennes)}) : ni les "
        "places ni les enfants des communes voisines d'un autre département ne sont connus. "
        f"{_SENS} Donner leurs chiffres publics au référentiel suffit à les compter."
    )


def communes_sans_voisines(contexte: Contexte, acces: Mesure) -> list[str]:
    """Communes de la zone au bord, si l'accès ignore ce qu'il y a au-delà ; vide sinon.

    Args:
        contexte: zone du rapport.
        acces: B3 de la zone.
    """
    if not acces.lisible or _reseau_etendu(contexte) or _sans_voisines(contexte, acces).lisible:
        return []
    return communes_au_bord(contexte)


def nommer(contexte: Contexte, communes: list[str]) -> str:
    """Les communes par leur nom, six au plus."""
    return enumerer({z: contexte.libelle("commune", z) for z in communes}, communes)


def _sans_voisines(contexte: Contexte, acces: Mesure) -> Mesure:
    grille = contexte.grille(
        [CODE], contexte.maille, [contexte.zone], [acces.millesime], ventilation=BORD
    )
    return grille.lire(CODE, contexte.zone, acces.millesime, SANS_VOISINES)


def _reseau_etendu(contexte: Contexte) -> bool:
    # Les communes de plusieurs départements suivis comptent déjà ensemble.
    return contexte.zones("departement").height > 1


def communes_au_bord(contexte: Contexte) -> list[str]:
    """Communes de la zone au bord de leur département, d'après la position de leurs centres.

    Vu de son centre, une commune du bord a un angle vide d'autres communes du département d'au
    moins `accessibilite.bord_angle_vide_deg` : une commune qui ne touche un autre département
    que de peu peut manquer.

    Returns:
        Leurs codes, dans l'ordre ; vide si les positions ne sont pas connues.
    """
    departement = contexte.zones("commune").filter(pl.col("parent") == contexte.departement)
    angle = float(valeur("accessibilite", "bord_angle_vide_deg", contexte.jour_de_reference))
    au_bord = angles_vides(departement).filter(pl.col("angle") >= angle)["zone"].to_list()
    if contexte.maille == "departement":
        return au_bord
    return [z for z in au_bord if z in contexte.communes]
