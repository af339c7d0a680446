"""L'écart d'occupation d'un territoire avec une autre zone : effet propre, composition."""

from rtpe_analyse.nomenclatures import liste_fermee
from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.contexte import DEPARTEMENT, Contexte, Repere
from rtpe_analyse.restitution.mesures import Mesure
from rtpe_analyse.restitution.objets import Restitution
from rtpe_analyse.restitution.planches import sans_figure
from rtpe_analyse.restitution.portrait import choisir
from rtpe_analyse.restitution.variations import (
    MASQUEE,
    MOIS,
    VISIBLE,
    Variation,
    enumerer,
    partager,
    planche_des_effets,
    points_d_effet,
)

_CODE, _SEULES, _VENTILATION = "V2", "V2c", "ecart_avec"
_ABSENT = "L'écart ne se décompose pas : un des deux côtés manque, ou des contrats manquent."


def ecart_avec(contexte: Contexte, comparaison: str = "") -> Restitution:
    """Figure : les effets qui font l'écart du taux d'occupation réel avec une autre zone.

    Args:
        contexte: un territoire, au trimestre.
        comparaison: `departement` ou `territoire:T2` ; vide, celle du rapport. Une zone qui
            n'est ni l'un ni l'autre laisse la comparaison au département, et la note le dit.

    Raises:
        ErreurUsage: zone inconnue.
    """
    if contexte.maille != "territoire":
        titre = "L'écart d'occupation avec une autre zone"
        return sans_figure(titre, "Seul un territoire se compare ainsi à une autre zone.")
    voulue = choisir(contexte, comparaison)
    autre = voulue if _comparable(contexte, voulue) else contexte.zone_comparee(DEPARTEMENT)
    titre = f"L'écart d'occupation avec {autre.nom}"
    if contexte.periode.pas != "trimestre":
        return sans_figure(titre, MOIS)
    lue = _lire(contexte, autre)
    if not lue.lisible:
        return sans_figure(titre, MASQUEE if lue.masquee else _ABSENT)
    seules = _sans_comparable(contexte, autre)
    if (seules.valeur or 0.0) == 1:
        return sans_figure(titre, _sans_partage(lue, autre))
    notes = [partager(lue, "composition (tailles, accueil familial)")]
    if autre != voulue:
        notes.append(
            f"Le choix « {voulue.titre} » n'est pas un autre territoire : l'occupation se compare "
            "au département."
        )
    if seules.valeur:
        notes.append(
            f"{seules} de la capacité n'y a pas d'établissement de même taille : son écart est "
            "compté en composition."
        )
    partage = " ".join(filter(None, notes))
    return planche_des_effets(titre, _conclusion(lue, autre), lue, "Écart", partage)


def _comparable(contexte: Contexte, autre: Repere) -> bool:
    """Le département de la zone, ou un autre de ses territoires."""
    if autre.maille == "departement":
        return autre.zone == contexte.departement
    autres = contexte.territoires.keys() - {contexte.zone}
    return autre.maille == "territoire" and autre.zone in autres


def _lire(contexte: Contexte, autre: Repere) -> Variation:
    """Un effet ne se lit que si T1 se lit des deux côtés : leur somme en donnerait l'écart."""
    quand, ici = [contexte.periode], contexte.zone
    grille = contexte.grille([_CODE], contexte.maille, [ici], quand, ventilation=_VENTILATION)
    libelles = {**liste_fermee("effets_variation"), **liste_fermee("effets_ecart")}
    effets = {
        effet: grille.lire(_CODE, ici, contexte.periode, modalite)
        for effet in libelles
        if (modalite := f"{autre.maille}:{autre.zone}:{effet}") in grille.modalites(_CODE)
    }
    taux = [
        contexte.grille(["T1"], maille, [zone], quand).lire("T1", zone, contexte.periode)
        for maille, zone in ((contexte.maille, ici), (autre.maille, autre.zone))
    ]
    masquee = any(m.masquee for m in (*taux, *effets.values()))
    return Variation({} if masquee else effets, masquee, libelles)


def _sans_comparable(contexte: Contexte, autre: Repere) -> Mesure:
    """Part de la capacité du territoire sans établissement de même taille en face."""
    return contexte.grille(
        [_SEULES],
        contexte.maille,
        [contexte.zone],
        [contexte.periode],
        ventilation=_VENTILATION,
        modalite=f"{autre.maille}:{autre.zone}",
    ).lire(_SEULES, contexte.zone, contexte.periode)


def _sans_partage(lue: Variation, autre: Repere) -> str:
    return (
        f"{_position(lue, autre)}. Aucun autre établissement n'y a la taille des siens : l'écart "
        "ne se partage pas entre ce qui s'y fait autrement et leur taille."
    )


def _conclusion(lue: Variation, autre: Repere) -> str:
    """« Le taux d'occupation réel est de 3,1 points au-dessous de celui du département : … »."""
    debut = _position(lue, autre)
    if not lue.visibles:
        return debut
    if abs(lue.totale) < VISIBLE:
        debut += ", mais des effets se compensent"
    return f"{debut} : {enumerer(lue)}"


def _position(lue: Variation, autre: Repere) -> str:
    if abs(lue.totale) < VISIBLE:
        return f"Le taux d'occupation réel est celui {formats.du(autre.nom)}"
    cote = "au-dessus" if lue.totale > 0 else "au-dessous"
    ampleur = points_d_effet(abs(lue.totale)).removeprefix("+")
    return f"Le taux d'occupation réel est de {ampleur} {cote} de celui {formats.du(autre.nom)}"
